# Proves that includes go one way and that libraries stay where they belong (docs/architecture.md).
#   cmake -DROOT=DIR -P cmake/layers.cmake
# Reads every source under agent/ parsers/ sinks/. Says each violation with file and line; fails if there is one.
cmake_minimum_required(VERSION 3.25)

# Whom a folder may include, besides the standard library.
set(may_agent_core   agent/core)
set(may_agent_input  agent/core agent/input)
set(may_agent_filter agent/core agent/filter)
set(may_agent_buffer agent/core agent/buffer)
set(may_parsers      agent/core parsers)
set(may_sinks        agent/core sinks)
set(may_agent_app    agent/core agent/input agent/filter agent/buffer agent/app parsers sinks)

# Which file may include which library. One line a library: pattern of the include, then the only users.
set(libraries simdjson curl yaml_cpp boost compression openssl cli11 spdlog files terminal network memory cpu)
set(lib_simdjson    "^simdjson"             parsers/[a-z_]+\\.cc agent/core/json_escape\\.cc sinks/bulk_reply\\.cc
                                            sinks/index_lookup\\.cc sinks/dead_letter\\.cc agent/app/pretty\\.cc agent/app/repair\\.cc
                                            agent/app/setup_json\\.cc)
set(lib_curl        "^curl/"                sinks/curl_fault\\.cc sinks/curl_http\\.cc)
set(lib_yaml_cpp    "^yaml-cpp/"            agent/app/yaml_[a-z]+\\.cc)
set(lib_boost       "^boost/"               agent/app/loop\\.cc agent/app/loop_context\\.h agent/app/status_http\\.cc)
set(lib_compression "^(zlib|zstd)\\.h$|^isa-l" agent/core/codec\\.cc)
set(lib_openssl     "^openssl/"             agent/core/digest\\.cc agent/app/certificates\\.cc)
set(lib_cli11       "^CLI/"                 agent/app/main\\.cc agent/app/cli[a-z_]*\\.cc)
set(lib_spdlog      "^spdlog/"              agent/app/own_log\\.cc)
# The system's own headers: files are touched by posix_fs alone, the terminal by the command line.
set(lib_files       "^(fcntl|dirent|poll)\\.h$|^sys/(file|stat|statvfs|sysmacros|ioctl|inotify|types|syscall)\\.h$|^linux/"
                                            agent/core/posix_fs\\.cc agent/app/loop\\.cc agent/app/status_http\\.cc agent/app/cli[a-z_]*\\.cc
                                            agent/app/main\\.cc)
set(lib_terminal    "^unistd\\.h$"          agent/core/posix_fs\\.cc agent/app/system\\.cc agent/app/status_http\\.cc agent/app/log_bytes\\.cc agent/app/cli[a-z_]*\\.cc
                                            agent/app/main\\.cc agent/app/loop\\.cc agent/app/notify\\.cc agent/app/process_figures\\.cc)
set(lib_network     "^(arpa|netinet)/|^sys/(socket|un|time)\\.h$|^netdb\\.h$"
                                            agent/filter/match\\.cc parsers/[a-z_]+\\.cc      # inet_pton only
                                            agent/app/notify\\.cc)                            # systemd's datagrams
set(lib_memory      "^(link|malloc)\\.h$|^sys/(mman|resource)\\.h$" agent/app/give_back\\.cc agent/app/process_figures\\.cc
                                            agent/app/main\\.cc)                              # no core dumps
set(lib_cpu         "intrin\\.h$"           agent/core/crc32c\\.cc agent/core/json_escape\\.cc parsers/json_scan\\.cc)

set(violations 0)
macro(violation text)
  message(SEND_ERROR "${file}:${line}: ${text}")
  math(EXPR violations "${violations} + 1")
endmacro()

function(folder_of path out)
  string(REGEX MATCH "^agent/[a-z_]+|^[a-z_]+" folder "${path}")
  set(${out} "${folder}" PARENT_SCOPE)
endfunction()

macro(check_ours target)
  folder_of("${target}" target_folder)
  if(NOT target_folder IN_LIST may_${layer})
    if(EXISTS "${ROOT}/${target}")
      violation("${folder} must not include ${target_folder} (\"${target}\")")
    else()
      violation("\"${target}\" is no file; includes are written from the root, libraries in <>")
    endif()
  elseif(NOT EXISTS "${ROOT}/${target}")
    violation("\"${target}\" does not exist")
  endif()
endmacro()

macro(check_theirs target)
  if(NOT "${target}" MATCHES "^[a-z0-9_]+$")  # else a header of the standard library
    set(known FALSE)
    foreach(library IN LISTS libraries)
      list(GET lib_${library} 0 pattern)
      if("${target}" MATCHES "${pattern}")
        set(known TRUE)
        list(SUBLIST lib_${library} 1 -1 users)
        list(JOIN users "|" users)
        if(NOT "${file}" MATCHES "^(${users})$")
          violation("<${target}> belongs to ${library}, which this file may not use")
        endif()
        break()
      endif()
    endforeach()
    if(NOT known)
      violation("<${target}> is of a library that no rule in cmake/layers.cmake names")
    endif()
  endif()
endmacro()

set(checked 0)
foreach(top agent parsers sinks)
  file(GLOB_RECURSE found RELATIVE "${ROOT}" "${ROOT}/${top}/*.h" "${ROOT}/${top}/*.cc")
  list(APPEND files ${found})
endforeach()
foreach(file IN LISTS files)
  folder_of("${file}" folder)
  string(REPLACE "/" "_" layer "${folder}")
  set(line 0)
  if(NOT DEFINED may_${layer})
    violation("${folder} is a folder that no rule in cmake/layers.cmake names")
    continue()
  endif()
  file(STRINGS "${ROOT}/${file}" includes REGEX "^[ \t]*#[ \t]*include")
  file(READ "${ROOT}/${file}" whole)
  foreach(include IN LISTS includes)
    math(EXPR checked "${checked} + 1")
    string(FIND "${whole}" "${include}" at)
    string(SUBSTRING "${whole}" 0 ${at} before)
    string(REGEX MATCHALL "\n" newlines "${before}")
    list(LENGTH newlines line)
    math(EXPR line "${line} + 1")
    if("${include}" MATCHES "include[ \t]*\"([^\"]+)\"")
      check_ours("${CMAKE_MATCH_1}")
    elseif("${include}" MATCHES "include[ \t]*<([^>]+)>")
      check_theirs("${CMAKE_MATCH_1}")
    else()
      violation("an include that cannot be read: ${include}")
    endif()
  endforeach()
endforeach()

list(LENGTH files count)
if(count EQUAL 0 OR checked EQUAL 0)
  message(FATAL_ERROR "no sources under ${ROOT}: nothing was checked")
endif()
message(STATUS "layers: ${checked} includes in ${count} files, ${violations} violations")
