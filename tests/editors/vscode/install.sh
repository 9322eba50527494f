#!/usr/bin/env bash
# Installs code-server into a folder, without the scripts of its packages: those fetch binaries from elsewhere.
# What is native is built here; ripgrep is Debian's.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
mkdir -p "$1"
cd "$1"
cp "$here/package.json" "$here/package-lock.json" .

if [ "$(node -p 'process.versions.node.split(".")[0]')" != 20 ]; then
    echo "code-server 4.100 needs Node 20; this is $(node --version)" >&2
    exit 1
fi

# Headers of the Node that is there, so that none are fetched.
node="$(node -p 'path.dirname(path.dirname(fs.realpathSync(process.execPath)))')"
if [ -f "$node/include/node/node.h" ]; then export npm_config_nodedir="$node"; fi
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false npm_config_loglevel=error
gyp="$(dirname "$(readlink -f "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js"

npm ci --ignore-scripts
(cd node_modules/argon2 && npx --no-install node-pre-gyp install --build-from-source >argon2.log 2>&1) &
argon2=$!
cd node_modules/code-server/lib/vscode
npm install --omit=dev --ignore-scripts
for module in @vscode/spdlog native-watchdog node-pty; do
    (cd "node_modules/$module" && node "$gyp" rebuild --loglevel=error >build.log 2>&1) || { cat "node_modules/$module/build.log" >&2; exit 1; }
done
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
ln -sfn node_modules node_modules.asar
wait "$argon2"
