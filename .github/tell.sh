#!/usr/bin/env bash
# Tell in one issue what the weekly run found: open it, or add a comment if it is open already.
#
#   GH_TOKEN=… GH_REPO=owner/name RUN=https://… .github/tell.sh FOLDER
#
# FOLDER holds what the steps of the run printed, in versions.txt, figures.txt, claims.txt and
# drift.txt, as far as they came. Programs that nobody has read had a part in it, so it is shown and
# never acted on: it stands in a code block that it cannot end, where no name is a mention and no
# number a reference to an issue.
set -euo pipefail

readonly folder=$1
readonly title="The newest dependencies move the results"
readonly most=12000 # bytes of each of the four; GitHub allows an issue 65,536 characters

# Prints the end of a text, where programs say what went wrong: printable, and without the backticks
# and tildes of which fences are made.
show() {
  tail --bytes="$most" "$1" | LC_ALL=C tr --delete '\000-\010\013-\037\177' | LC_ALL=C tr '`~' "'-" |
    iconv --from-code=UTF-8 --to-code=UTF-8 -c
}

body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "The weekly run with the newest version of every dependency failed: $RUN"
  echo
  echo "\`make latest figures claims drift\` does the same in a clone; \`rm -r .venv\` ends that."
  for part in versions figures claims drift; do
    [ -f "$folder/$part.txt" ] || continue
    printf '\n### %s\n\n```text\n' "$part"
    show "$folder/$part.txt"
    printf '\n```\n'
  done
} > "$body"

found=$(gh issue list --state open --search "in:title \"$title\"" --json number,title \
  --jq "[.[] | select(.title == \"$title\")][0].number // empty")
if [ -n "$found" ]; then
  gh issue comment "$found" --body-file "$body"
else
  gh issue create --title "$title" --body-file "$body"
fi
