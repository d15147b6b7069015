# What the boards of this folder share: throw-away keys, how ssh is told of them, and the subcommands that use it.
# Sourced after common.bash, not run.
# shellcheck shell=bash

# make_keys FOLDER: a user's key and a host's key, unless they are there.
make_keys() {
  local name
  mkdir -p "$1"
  chmod 700 "$1"
  for name in key host_key; do
    [ -f "$1/$name" ] || ssh-keygen -q -t ed25519 -N '' -C "kiln $name" -f "$1/$name"
  done
}

# configure_ssh FOLDER NAME PORT USER: writes FOLDER/ssh_config, by which NAME is the board, and FOLDER/bin with an ssh and an
# scp that read it. Nothing of the user's own ssh configuration is used or changed.
configure_ssh() {
  local folder=$1 tool
  printf '[127.0.0.1]:%s %s\n' "$3" "$(cut -d ' ' -f 1,2 "$folder/host_key.pub")" >"$folder/known_hosts"
  cat >"$folder/ssh_config" <<CONFIG
Host $2 127.0.0.1
  HostName 127.0.0.1
  Port $3
  User $4
  IdentityFile "$folder/key"
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile "$folder/known_hosts"
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  ConnectTimeout 5
  LogLevel ERROR
CONFIG
  mkdir -p "$folder/bin"
  for tool in ssh scp sftp; do
    printf '#!/bin/sh\nexec %s -F "%s/ssh_config" "$@"\n' "$(PATH=/usr/bin:/bin command -v $tool)" "$folder" >"$folder/bin/$tool"
    chmod 755 "$folder/bin/$tool"
  done
}

# is_running FOLDER: whether the process of FOLDER/pid lives and is this board's: its command line names the folder.
is_running() {
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) || return 1
  tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$1/"
}

# use_board FOLDER NAME SUBCOMMAND ARGUMENT…: the subcommands that are the same for every board. The variable start_command
# says how this one is started.
use_board() {
  local folder=$1 name=$2 subcommand=$3
  shift 3
  case $subcommand in
    ssh | scp | with)
      is_running "$folder" || fail 69 "the board $name is not running" "${start_command:?}"
      export PATH=$folder/bin:$PATH
      case $subcommand in
        ssh) exec ssh "$name" "$@" ;;
        scp) exec scp -q "$@" ;;
        with) exec "$@" ;;
      esac
      ;;
    status)
      if is_running "$folder"; then
        echo "$name: running, process $(cat "$folder/pid"), $(sed -n 's/^ *Port /port /p' "$folder/ssh_config"), $folder"
      else
        echo "$name: stopped, $folder"
        return 1
      fi
      ;;
    stop) stop_board "$folder" "$name" ;;
    *) fail 64 "unknown subcommand $subcommand" "see toolchain/${program:?} --help" ;;
  esac
}

# stop_board FOLDER NAME: ends the board's process and those that it started, and waits until they are gone.
stop_board() {
  local pid child count
  if ! is_running "$1"; then
    rm -f "$1/pid"
    say "$2 is not running"
    return
  fi
  pid=$(cat "$1/pid")
  for child in $(ps -o pid= --ppid "$pid") "$pid"; do kill "$child" 2>/dev/null || true; done
  for ((count = 0; count < 100; count++)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
  rm -f "$1/pid"
  say "$2 is stopped"
}
