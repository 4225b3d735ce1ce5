// Section: a set of keys whose values only their owner knows, such as those of one parser or sink.
//
// A port for options of a concrete type derives from it and adds what the options are for; the
// concrete type derives from SectionOf, which does all of Section by the type's Schema:
//
//   class ParserConfig : public yaml::Section { public: virtual std::unique_ptr<ParserConfig> clone() const = 0; … };
//   class KubeAuditConfig final : public yaml::SectionOf<KubeAuditConfig, ParserConfig> {
//    public:
//     static const yaml::Schema<KubeAuditConfig>& schema();
//     bool slim = true;
//   };
//
// Values; copied by clone(). Not thread-safe.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "agent/yaml/key_row.h"
#include "agent/yaml/read_context.h"
#include "agent/yaml/schema.h"
#include "agent/yaml/yaml_map.h"
#include "agent/yaml/yaml_writer.h"

namespace auditship::yaml {

class Section {
 public:
  virtual ~Section() = default;

  // Reads the keys that map has over the values here. Does not call map.done(): others may have keys there, too.
  virtual void read(YamlMap& map, ReadContext& context) = 0;
  // Writes all values, so that read() gives the same again. Secrets are masked.
  virtual void write(YamlWriter& out) const = 0;
  // One for each key, with the values here as defaults.
  [[nodiscard]] virtual std::vector<KeyRow> rows() const = 0;
  [[nodiscard]] virtual bool knows(std::string_view key) const = 0;

 protected:
  Section() = default;
  Section(const Section&) = default;
  Section(Section&&) = default;
  Section& operator=(const Section&) = default;
  Section& operator=(Section&&) = default;
};

// Port derives from Section and declares clone(); Derived has a static schema().
template <typename Derived, typename Port>
class SectionOf : public Port {
 public:
  void read(YamlMap& map, ReadContext& context) override {
    Derived::schema().read(map, context, static_cast<Derived&>(*this));
  }
  void write(YamlWriter& out) const override {
    Derived::schema().write(out, static_cast<const Derived&>(*this));
  }
  [[nodiscard]] std::vector<KeyRow> rows() const override {
    return Derived::schema().rows(static_cast<const Derived&>(*this));
  }
  [[nodiscard]] bool knows(std::string_view key) const override {
    return Derived::schema().knows(key);
  }
  [[nodiscard]] std::unique_ptr<Port> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

}  // namespace auditship::yaml
