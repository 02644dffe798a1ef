package rules_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"triage/rules/explain"
)

// The change log lists every rule of the core pack that is not what it was in 1.0.0; -update writes the list.
func TestChangelogListsEveryRuleThatChanged(t *testing.T) {
	const path, start, end = "../CHANGELOG.md", "<!-- core 1.0.0 to 2.0.0: go test ./rules -args -update -->\n", "<!-- end -->\n"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), start)
	had, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("CHANGELOG.md has no place for the list: want lines %q and %q", start, end)
	}
	list := changeList(explain.Diff(loadCore(t, "core@1"), loadCore(t, "core")))
	if *update {
		if err := os.WriteFile(path, []byte(before+start+list+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if had != list {
		t.Errorf("CHANGELOG.md: the list of rules is out of date: run with -args -update; want\n%s", list)
	}
}

// changeList says for each rule what is new, gone, moved or changed, in one paragraph each.
func changeList(all []explain.Difference) string {
	said := map[string][]string{}
	for _, d := range all {
		if d.Kind != "rule" {
			continue
		}
		text := "`" + d.ID + "`"
		if d.Was != "" {
			text += " (was `" + d.Was + "`)"
		}
		if d.Reason != "" {
			text += " (" + d.Reason + ")"
		}
		if d.Change == explain.Altered {
			text += " (" + strings.Join(changedKeys(d.Changes), ", ") + ")"
		}
		said[d.Change] = append(said[d.Change], text)
	}
	var b strings.Builder
	for _, part := range []struct{ change, word string }{
		{explain.Removed, "Gone"},
		{explain.Renamed, "Called otherwise"},
		{explain.Added, "New"},
		{explain.Altered, "Changed"},
	} {
		if list := said[part.change]; len(list) > 0 {
			b.WriteString(wrapped(fmt.Sprintf("- %s: %s.", part.word, strings.Join(list, ", "))))
		}
	}
	return b.String()
}

// changedKeys are the keys of a rule that differ, level and confidence with their values.
func changedKeys(all []explain.Changed) []string {
	var keys []string
	for _, c := range all {
		key, _, _ := strings.Cut(c.Path, ".")
		key, _, _ = strings.Cut(key, "|")
		if (key == "level" || key == "confidence") && c.Old != "" && c.New != "" {
			key += " " + c.Old + " → " + c.New
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// wrapped is a list item on lines of at most 130 bytes.
func wrapped(text string) string {
	var b strings.Builder
	line := ""
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 130 {
			b.WriteString(line + "\n")
			line = " "
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}
