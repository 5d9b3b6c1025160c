#!/bin/sh
# Makes NotoSansSC-subset.otf from Debian's package fonts-noto-cjk: Latin,
# Greek, symbols and all of GB 2312. Needs dpkg, apt and python3-fonttools;
# nobody who only uses or tests fromzero needs to run it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download fonts-noto-cjk
dpkg -x fonts-noto-cjk*.deb .
python3 - >unicodes.txt <<'PY'
cs = set(range(0x20, 0x7f)) | set(range(0xa0, 0x180)) | set(range(0x391, 0x3ca))
for row in list(range(1, 4)) + list(range(16, 88)):
    for col in range(1, 95):
        try:
            cs.add(ord(bytes([row + 0xa0, col + 0xa0]).decode('gb2312')))
        except UnicodeDecodeError:
            pass
cs |= {ord(c) for c in '→←↑↓×÷±≤≥≠≈∞∑∏√∂∇∈·…—–‘’“”•●○■□✓✗✔✘°′″‰ℓℝ²³¹⁰⁴⁻ⁿ₀₁₂₃ŷ'}
print(','.join('%04X' % c for c in sorted(cs)))
PY
python3 -m fontTools.subset usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc \
    --font-number=2 --unicodes-file=unicodes.txt --layout-features='' --no-hinting \
    --name-IDs='0,1,2,3,4,5,6,13,14' \
    --drop-tables+=vhea,vmtx,VORG,BASE,GPOS,GSUB,DSIG \
    --output-file="$here/NotoSansSC-subset.otf"
ls -l "$here/NotoSansSC-subset.otf"
