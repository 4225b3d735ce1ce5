# Everything comes from the distribution; nothing is fetched.
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)            # headers only: Asio, Beast
find_package(simdjson REQUIRED)
find_package(CURL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json 3.9 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ISAL IMPORTED_TARGET libisal)   # igzip; zlib compresses where it is missing
if(NOT ISAL_FOUND)
  message(STATUS "ISA-L not found: gzip bodies are compressed by zlib, which costs more CPU")
endif()
