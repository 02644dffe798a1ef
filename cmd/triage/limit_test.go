//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
)

// Promise: a report lists the strongest 1,000 findings of a rule in a mailbox and says how many more there are. Score and
// counts rest on all of them, and what is listed of each kind of thing names no finding that is not there.
func TestFindingsOfOneRule(t *testing.T) {
	const made, listed = 1010, 1000
	c := eachAct(func(i int) logAct {
		return ruleAct(i, 1200*i, foreignAddress(i), fmt.Sprint("r", i), "ForwardTo", "x@example.org")
	})(t, made)
	var stdout, stderr bytes.Buffer
	args := append([]string{"triage", "analyze", "--quiet", "--format", "json"}, c.paths...)
	if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr, nil); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	var r report.Report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	const rule = "rule.external-forward"
	ids := map[string]bool{}
	found := 0
	for _, f := range r.Findings {
		if ids[f.ID] = true; f.Rule == rule {
			found++
		}
	}
	if found != listed {
		t.Errorf("%d findings of %s are listed, want %d", found, rule, listed)
	}
	want := rule + ": 1010 findings, of which the strongest 1000 are listed, and 10 more are not; scores and counts rest on all"
	if !slices.ContainsFunc(r.Caveats, func(c report.Caveat) bool {
		return c.Code == "findings-cut" && c.Mailbox == oneUser && c.Text == want
	}) {
		t.Errorf("no caveat says %q", want)
	}
	blamed := 0
	for _, a := range r.Addresses {
		if a.Score > 0 {
			blamed++
		}
		for _, id := range a.Findings {
			if !ids[id] {
				t.Fatalf("%s names %s, which is not in the report", a.IP, id)
			}
		}
	}
	if blamed != made {
		t.Errorf("%d addresses have a score, want those of all %d findings", blamed, made)
	}
}
