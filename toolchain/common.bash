# What the scripts of this folder share. Sourced, not run.
# shellcheck shell=bash

set -euo pipefail

program=$(basename "$0")
toolchain_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# The C library and headers of aarch64 that Debian's cross packages install.
# shellcheck disable=SC2034 # used by those who source this
aarch64_root=/usr/aarch64-linux-gnu

# say TEXT: one line on what is going on.
say() { printf '%s: %s\n' "$program" "$*" >&2; }

# fail STATUS TEXT…: ends with one line on what is wrong and one a further text on what to do.
fail() {
  local status=$1
  shift
  printf '%s: error: %s\n' "$program" "$1" >&2
  shift
  if (($#)); then printf '  %s\n' "$@" >&2; fi
  exit "$status"
}

# need STATUS-69 COMMAND PACKAGE…: ends unless COMMAND is there.
need() {
  command -v "$1" >/dev/null || fail 69 "$1 is not installed" "apt-get install ${*:2}"
}

# swift_usr: the toolchain's folder, which holds bin and lib.
swift_usr() {
  local swiftc
  swiftc=$(command -v swiftc) ||
    fail 69 "swiftc is not on the PATH" "install Swift 6.3 or later: https://www.swift.org/install/linux"
  dirname "$(dirname "$(readlink -f "$swiftc")")"
}

# usage: prints the comment at the head of the script that was started.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$0"; }

# boards_folder: where the boards keep their keys, images and logs.
boards_folder() {
  if [ -n "${XDG_STATE_HOME:-}" ]; then
    echo "$XDG_STATE_HOME/kiln-boards"
  else
    echo "$(dirname "$toolchain_folder")/.build-boards"
  fi
}

# The SDK that toolchain/setup makes: its name, and its triple.
# shellcheck disable=SC2034 # used by those who source this
sdk_name=aarch64-embedded-linux sdk_triple=aarch64-unknown-linux-gnu

# sdk_bundle: the folder that `swift sdk install` gives the SDK.
sdk_bundle() {
  if [ -n "${XDG_CONFIG_HOME:-}" ]; then
    echo "$XDG_CONFIG_HOME/swiftpm/swift-sdks/$sdk_name.artifactbundle"
  else
    echo "$HOME/.swiftpm/swift-sdks/$sdk_name.artifactbundle"
  fi
}

# first_error LOG: the first error of a build, in one line.
first_error() { sed 's/\x1b\[[0-9;]*m//g' "$1" | grep -m 1 'error:' || tail -1 "$1"; }
