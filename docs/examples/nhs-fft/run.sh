#!/usr/bin/env bash
# Lands the file of comments in a fresh workspace and prints, for each service, how many people answered and how many were positive.
#
#     docs/examples/nhs-fft/run.sh DATA.csv > services.csv
#
# Standard output is CSV only; what the program says of its work goes to standard error. Needs no key and no network. Ends with an error
# where the rows of the file do not add up. $TELLONCE is the program to run, else the one of this checkout is built.
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: $0 DATA.csv" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
workspace=$(mktemp -d)
trap 'rm -rf "$workspace"' EXIT

tellonce() {
  if [ -n "${TELLONCE:-}" ]; then
    "$TELLONCE" "$@"
  else
    cargo run --release --quiet --manifest-path "$here/../../../Cargo.toml" -- "$@"
  fi
}

# The input is published already, so nothing is hidden; every report would say so.
tellonce init "$workspace" --name "Two NHS trusts" --policy none >&2

# Lands the file and fails unless every row is accounted for. The counts of the program's line `rows read … = …` go to the variables
# read, quarantined, landed, corrected, folded and there.
land() {
  local line
  line=$(tellonce --workspace "$workspace" land "$data" --mapping "$here/mapping.toml" | tee /dev/stderr | grep '^  rows read')
  read -r read quarantined landed corrected folded there < <(tr -d ',' <<<"$line" | grep -oE '[0-9]+' | paste -sd ' ')
  if [ "$read" -ne $((quarantined + landed + corrected + folded + there)) ]; then
    echo "the rows do not add up:$line" >&2
    exit 1
  fi
}
land
first=$((quarantined + landed + folded))
if [ "$first" -ne "$read" ]; then
  echo "a fresh workspace knew some of the rows already" >&2
  exit 1
fi
before=$quarantined
land
if [ "$there" -ne $((read - before)) ]; then
  echo "the same file landed again was not already there" >&2
  exit 1
fi

tellonce --workspace "$workspace" measure --period all >&2
tellonce --workspace "$workspace" sql --format csv "
  select area as service, n, numerator as positive, lower, upper
  from published
  where measure = 'friends-and-family-positive' and statistic = 'value' and period = 'all'
    and root = 'service' and area_level = 'service' and group_by = 'none'
  order by area"
