#!/usr/bin/env bash
# Lands a record file of hip or knee replacements in a fresh workspace and prints, for each provider and measure, what NHS England's
# provider table prints: modelled records, both means, how many improved, stayed the same and worsened, the adjusted score after, and the
# standard deviation of (after - predicted).
#
#     docs/examples/nhs-proms/run.sh hip RECORDS.csv.gz > providers.csv
#
# Standard output is CSV only; what the program says of its work goes to standard error. Needs no key and no network. Ends with an error
# where the rows of the file do not add up. $TELLONCE is the program to run, else the one of this checkout is built.
set -euo pipefail

usage() {
  echo "usage: $0 hip|knee RECORDS.csv[.gz]" >&2
  exit 2
}
[ $# -eq 2 ] || usage
case $1 in hip | knee) part=$1 ;; *) usage ;; esac
here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
workspace=$folder/workspace

tellonce() {
  if [ -n "${TELLONCE:-}" ]; then
    "$TELLONCE" "$@"
  else
    cargo run --release --quiet --manifest-path "$here/../../../Cargo.toml" -- "$@"
  fi
}

if [[ $data == *.gz ]]; then
  gunzip -c "$data" >"$folder/$(basename "$data" .gz)"
  data=$folder/$(basename "$data" .gz)
fi

# The records are published already, so nothing is hidden; every report would say so.
tellonce init "$workspace" --name "Providers of $part replacements" --policy none >&2
mkdir -p "$workspace/measures/licences" "$workspace/measures/outcomes"
cp "$here/licences/oxford-$part.toml" "$here/licences/eq-5d-3l.toml" "$here/licences/eq-vas.toml" "$workspace/measures/licences/"
cp "$here/outcomes/nhs-proms-$part.toml" "$workspace/measures/outcomes/"

# Lands the file and fails unless every row is accounted for. The counts of the program's line `rows read … = …` go to the variables
# read, quarantined, landed, corrected, folded and there.
land() {
  local line
  line=$(tellonce --workspace "$workspace" land "$data" --mapping "$here/$part.toml" | tee /dev/stderr | grep '^  rows read')
  read -r read quarantined landed corrected folded there < <(tr -d ',' <<<"$line" | grep -oE '[0-9]+' | paste -sd ' ')
  if [ "$read" -ne $((quarantined + landed + corrected + folded + there)) ]; then
    echo "the rows do not add up:$line" >&2
    exit 1
  fi
}
land
if [ $((quarantined + landed + folded)) -ne "$read" ]; then
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
  select
    area as provider,
    replace(measure, 'nhs-proms-$part-', '') as measure,
    max(n) filter (where statistic = 'mean_before') as n,
    max(value) filter (where statistic = 'mean_before') as before,
    max(value) filter (where statistic = 'mean_after') as after,
    max(numerator) filter (where statistic = 'better' and comparator = 'any') as improved,
    max(numerator) filter (where statistic = 'same' and comparator = 'any') as same,
    max(numerator) filter (where statistic = 'worse' and comparator = 'any') as worse,
    max(value) filter (where statistic = 'adjusted_after') as adjusted_after,
    max(value) filter (where statistic = 'residual_sd') as sd
  from published
  where measure in ('nhs-proms-$part-oxford', 'nhs-proms-$part-eq5d', 'nhs-proms-$part-vas') and period = 'all'
    and root = 'service' and area_level = 'service' and group_by = 'none'
  group by area, measure
  having max(n) filter (where statistic = 'mean_before') > 0
  order by provider, measure"
