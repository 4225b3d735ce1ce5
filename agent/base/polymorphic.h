// Polymorphic<T>: a value of some type that derives from T. Copying it copies what it holds, by T::clone().
//
//   Polymorphic<ParserConfig> a = std::make_unique<KubeAuditConfig>();
//   Polymorphic<ParserConfig> b = a;      // two configurations
//
// Empty only when it was made so or moved from; then it must not be dereferenced. As thread-safe as T.
#pragma once

#include <memory>
#include <utility>

namespace auditship {

template <typename T>
class Polymorphic {
 public:
  Polymorphic() = default;
  ~Polymorphic() = default;
  template <typename Derived>
  Polymorphic(std::unique_ptr<Derived> held) : held_(std::move(held)) {}  // implicit, as a value is
  Polymorphic(const Polymorphic& other) : held_(other.held_ ? other.held_->clone() : nullptr) {}
  Polymorphic(Polymorphic&& other) noexcept = default;
  Polymorphic& operator=(const Polymorphic& other) {
    if (this != &other) {
      held_ = other.held_ ? other.held_->clone() : nullptr;
    }
    return *this;
  }
  Polymorphic& operator=(Polymorphic&& other) noexcept = default;

  [[nodiscard]] explicit operator bool() const { return held_ != nullptr; }
  [[nodiscard]] T& operator*() { return *held_; }
  [[nodiscard]] const T& operator*() const { return *held_; }
  [[nodiscard]] T* operator->() { return held_.get(); }
  [[nodiscard]] const T* operator->() const { return held_.get(); }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace auditship
