# To be sourced by bash, after scripts/install-tools.sh:
#     source scripts/tools-env.sh
# The pinned tools then come first, before any other version on the machine.
# shellcheck shell=bash
_svdforge_tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/.tools
case $PATH in
  "$_svdforge_tools/bin:"*) ;;
  *) export PATH="$_svdforge_tools/bin:$PATH" ;;
esac
export YOWASP_CACHE_DIR="$_svdforge_tools/yowasp-cache"
unset _svdforge_tools
