# To be sourced by ./test. Where SVDFORGE_CACHE names a folder, compiled dependencies and downloads are kept there:
#
#   target-KEY/   cargo's target folder for this Rust and this Cargo.lock; those of others are removed, so that it does not grow
#   pip/, data/   what was downloaded
#
# The project's own crates are always compiled anew: what is left of them is removed first. Whatever is wrong with the folder (it cannot
# be written, it is somebody else's, another run uses it), the run goes on without it.
# shellcheck shell=bash
cache=
open_cache() {
  local folder=${SVDFORGE_CACHE:-} key target
  unset SVDFORGE_CACHE
  [[ -n $folder ]] || return 0
  if ! { mkdir -p "$folder" && [[ -O $folder && -w $folder ]]; } 2>/dev/null; then
    echo "cache: $folder cannot be used; going on without it" >&2
    return 0
  fi
  folder=$(cd "$folder" && pwd -P)
  exec 8>"$folder/lock"
  if ! flock -n 8; then
    echo "cache: another run uses $folder; going on without it" >&2
    return 0
  fi
  key=$( (rustc --version --verbose && cat Cargo.lock Cargo.toml) 2>/dev/null | cksum | cut -d' ' -f1)
  target=$folder/target-$key
  find "$folder" -mindepth 1 -maxdepth 1 -name 'target-*' ! -name "target-$key" -exec rm -rf {} +
  find "$target" \( -name '*svdforge*' -o -name 'CACHEDIR.TAG' \) -prune -exec rm -rf {} + 2>/dev/null
  export CARGO_TARGET_DIR=$target PIP_CACHE_DIR=$folder/pip SVDFORGE_DATA=$folder/data
  cache=$target
}
open_cache

# Runs a command that compiles. If it fails with the cache, it is tried once more without: the cache may be broken.
without_broken_cache() {
  "$@" && return 0
  local status=$?
  [[ -n $cache ]] || return "$status"
  echo "cache: trying again without $cache" >&2
  rm -rf "$cache"
  cache=
  unset CARGO_TARGET_DIR
  "$@"
}
