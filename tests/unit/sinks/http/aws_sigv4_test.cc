#include "sinks/http/aws_sigv4.h"

#include "sinks/http/authorization.h"
#include "tests/support/catch.h"

using namespace auditship;

namespace {

constexpr std::int64_t kExampleTime =
    std::int64_t{1'440'938'160} * 1'000'000'000;  // 2015-08-30T12:36:00Z

sinks::http::AwsSigning example(const std::string& region, const std::string& service) {
  return {region, service, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
}

sinks::http::HttpRequest get(const std::string& url) {
  sinks::http::HttpRequest request;
  request.method = "GET";
  request.url = url;
  return request;
}

std::string value(const sinks::http::HttpHeaders& headers, const std::string& name) {
  for (const auto& [key, text] : headers) {
    if (key == name) {
      return text;
    }
  }
  return {};
}

}  // namespace

TEST_CASE("the documented examples of Signature Version 4 come out", "[aws_sigv4]") {
  const auto signature = [](const std::string& url) {
    return value(sinks::http::aws_headers(get(url), example("us-east-1", "service"), kExampleTime,
                                          sinks::http::AwsBodyHeader::left_out),
                 "Authorization");
  };
  const std::string begin =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=";
  CHECK(signature("https://example.amazonaws.com/") ==
        begin + "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  CHECK(signature("https://example.amazonaws.com") ==
        begin + "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  // Parameters are signed in their order by name, however they are sent.
  for (const char* query : {"Param1=value1&Param2=value2", "Param2=value2&Param1=value1"}) {
    CHECK(signature(std::string("https://example.amazonaws.com/?") + query) ==
          begin + "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
  }
}

TEST_CASE("a request of ours is signed with its body, its port and a session", "[aws_sigv4]") {
  sinks::http::HttpRequest request = get(
      "https://search.example.com:9200/kube*/_bulk?timeout=20s&filter_path=errors,items.*.status");
  request.method = "POST";
  request.body = "{}\n";
  sinks::http::AwsSigning signing = example("eu-north-1", "es");
  signing.session_token = "TOKEN";
  const sinks::http::HttpHeaders headers = sinks::http::aws_headers(request, signing, kExampleTime);
  CHECK(value(headers, "x-amz-date") == "20150830T123600Z");
  CHECK(value(headers, "x-amz-security-token") == "TOKEN");
  CHECK(value(headers, "x-amz-content-sha256").size() == 64);
  CHECK(value(headers, "host").empty());
  // Computed by another implementation.
  CHECK(value(headers, "Authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-north-1/es/aws4_request, "
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, "
        "Signature=e13a5e94db54d65bc286f5aa4bf35345cc720e935a3b3ec802c8318ab7091836");
}

TEST_CASE("the port is signed as it is sent: not where it is the scheme's own", "[aws_sigv4]") {
  const auto signature = [](const std::string& url) {
    return value(sinks::http::aws_headers(get(url), example("eu-north-1", "es"), kExampleTime),
                 "Authorization");
  };
  CHECK(signature("https://a.example:443/") == signature("https://a.example/"));
  CHECK(signature("http://a.example:80/") == signature("http://a.example/"));
  CHECK(signature("https://a.example:80/") != signature("https://a.example/"));
}

TEST_CASE("a request is authorized in one way, and a header cannot be forged", "[aws_sigv4]") {
  const auto authorized = [](const sinks::http::Credentials& credentials) {
    sinks::http::HttpRequest request = get("https://a.example/");
    const Status status = sinks::http::authorize(request, credentials, kExampleTime);
    return status ? value(request.headers, "Authorization") : "error: " + status.error().message;
  };
  CHECK(authorized({}).empty());
  CHECK(authorized({"user", "pass", "", {}}) == "Basic dXNlcjpwYXNz");
  CHECK(authorized({"", "", "token", {}}) == "Bearer token");
  sinks::http::Credentials aws;
  aws.aws = example("eu-north-1", "es");
  CHECK(authorized(aws).starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
  aws.aws.session_token = "s3cret\r\nX-Evil: 1";
  CHECK(authorized(aws) == "error: user name, key or token contains a line break");
}

TEST_CASE("the path that hosts begins with is signed, encoded once more as it is sent",
          "[aws_sigv4]") {
  const auto signature = [](const std::string& url) {
    return value(sinks::http::aws_headers(get(url), example("eu-north-1", "es"), kExampleTime),
                 "Authorization");
  };
  CHECK(signature("https://a.example/below/x/_bulk") != signature("https://a.example/x/_bulk"));
  CHECK(signature("https://a.example/a%20b/_bulk") != signature("https://a.example/a b/_bulk"));
}
