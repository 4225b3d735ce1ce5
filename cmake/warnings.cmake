# One INTERFACE target carries the warnings, the sanitizers and the hardening of all our code.
add_library(auditship_options INTERFACE)
target_compile_options(auditship_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of GCC 12 in its own headers: with sanitizers (std::function), and at -O3 (std::string).
  target_compile_options(auditship_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
endif()
option(AUDITSHIP_WERROR "Warnings are errors" OFF)
if(AUDITSHIP_WERROR)
  target_compile_options(auditship_options INTERFACE -Werror)
endif()
if(AUDITSHIP_SANITIZE)
  target_compile_options(auditship_options INTERFACE
    -fsanitize=${AUDITSHIP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(auditship_options INTERFACE -fsanitize=${AUDITSHIP_SANITIZE})
endif()
if(AUDITSHIP_FUZZ)
  # Counters of coverage in all of our code, not in the harness alone: without them a fuzzer is blind.
  target_compile_options(auditship_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(auditship_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(AUDITSHIP_HARDEN)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT auditship_ipo LANGUAGES CXX)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${auditship_ipo})
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  target_compile_definitions(auditship_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_compile_options(auditship_options INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  target_link_options(auditship_options INTERFACE -pie -Wl,-z,relro,-z,now)
endif()
