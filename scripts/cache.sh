# To be sourced by ./test. If SVDFORGE_CACHE names a folder, archives are kept in it that save the next clone some
# minutes:
#
#   crates-KEY.tar.gz   dependencies as compiled for target/release, without the project's own crates
#   tools-KEY.tar.gz    Yosys and nextpnr, translated to machine code
#   data-KEY.tar.gz     the data sets of the tests
#
# KEY is a checksum of everything that the content depends on. Of each kind, the two archives that were used last are
# kept.
#
# Each clone works in copies of its own. A target folder shared by several clones would save the copying, but cargo
# recognises a changed source file by its modification time only. A clone with older files would then test the program
# that another clone has compiled.
#
# If the folder cannot be used, or an archive is damaged, the run goes on without it.
# shellcheck shell=bash

cache= new_target=
open_cache() {
  local folder=${SVDFORGE_CACHE:-}
  unset SVDFORGE_CACHE
  [[ -n $folder ]] || return 0
  if [[ $folder != /* ]]; then
    echo "cache: $folder is not an absolute path; going on without it" >&2
  elif mkdir -p "$folder" 2>/dev/null && [[ -O $folder && -w $folder && -x $folder ]]; then
    cache=$(cd "$folder" && pwd -P)
  else
    echo "cache: $folder does not belong to this user or cannot be written to; going on without it" >&2
  fi
}

# Unpacks PARENT/FOLDER, unless it is there.
cache_load() { # kind, key, parent, folder
  local archive=$cache/$1-$2.tar.gz work
  [[ -n $cache && -f $archive && ! -e $3/$4 ]] || return 0
  mkdir -p "$3"
  work=$(mktemp -d "$3/.cache-XXXXXX")
  # gzip's checksum tells whether the archive is as it was written.
  if { tar -xzf "$archive" --no-same-owner -C "$work" && mv "$work/$4" "$3/$4"; } 2>/dev/null; then
    touch "$archive" || true
    echo "cache: $3/$4 from $archive"
  else
    echo "cache: $archive is damaged; going on without it" >&2
    rm -rf "$archive" || true
  fi
  rm -rf "$work"
}

# Packs files of PARENT, unless there is such an archive. Their names are read from stdin, each ended by a zero byte.
cache_save() { # kind, key, parent
  local archive=$cache/$1-$2.tar.gz
  [[ ! -e $archive ]] || return 0
  (
    exec 8>"$cache/lock" && flock -n 8 || exit 0 # another run is writing
    if tar -C "$3" --null --no-recursion -T - --format=posix -I 'gzip -1' -cf "$cache/partial"; then
      mv "$cache/partial" "$archive"
    fi
    rm -f "$cache/partial"
    find "$cache" -name "$1-*.tar.gz" -printf '%T@ %p\0' | sort -zrn | tail -zn +3 | cut -zd' ' -f2- | xargs -0r rm -f
  ) 2>/dev/null || echo "cache: $archive was not written; going on without it" >&2
}

crates_key() {
  { rustc --version --verbose && cat Cargo.lock Cargo.toml && echo "${RUSTFLAGS:-}"; } | cksum | cut -d' ' -f1
}
tools_key() {
  { uname -sm && cat scripts/install-tools.sh; } | cksum | cut -d' ' -f1
}
data_key() {
  cksum <scripts/fetch-data.sh | cut -d' ' -f1
}

# The files that cargo needs to regard a dependency as compiled: its fingerprint, the output of its build script,
# and its library.
compiled_crates() {
  local name rest own=()
  while read -r name rest; do
    [[ -z $name ]] || own+=(! -path "*/*$name*" ! -path "*/*${name//-/_}*")
  done < <(cargo tree --workspace --depth 0 --prefix none --locked)
  ((${#own[@]})) || return 0
  cd target
  find release/.fingerprint release/build release/deps \( -type f -o -type d -empty \) "${own[@]}" \
    \( ! -path 'release/deps/*' -o -name '*.rlib' -o -name '*.rmeta' -o -name '*.so' \) -print0
}

# Before anything is installed or compiled.
load_downloads() {
  cache_load tools "$(tools_key)" .tools yowasp-cache
  cache_load data "$(data_key)" . .data
}
load_crates() {
  [[ -e target/release ]] || new_target=1
  cache_load crates "$(crates_key)" target release
}

# When everything is installed and compiled. An older target folder also holds what nobody needs any more.
save_cache() {
  [[ -n $cache ]] || return 0
  # .data may be a link; with the slash, find follows it.
  find .data/ ! -name lock -type f -print0 | cache_save data "$(data_key)" . || true
  (cd .tools && find yowasp-cache -type f -print0) | cache_save tools "$(tools_key)" .tools || true
  [[ -n $new_target ]] || return 0
  (compiled_crates) | cache_save crates "$(crates_key)" target || true
}
