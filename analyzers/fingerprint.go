package analyzers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// fingerprint names a finding across re-runs and added exports: by its rule, its mailbox and its group.
//
// Where the mailbox is called after its file, that name says nothing: the finding is known by its first row instead, so
// that a renamed file changes nothing. Two mailboxes that are called after their files and both have that row are told
// apart by these names after all; a caveat says so.
func fingerprint(c *activity.Case, f *detect.Finding) string {
	if first, ok := c.Nameless(f.Evidence); ok && first.Flags&activity.Shared == 0 {
		return nameless(c, f, f.Rule.ID, first, first.ID)
	}
	return named(c, f, f.Rule.ID)
}

// formerly are the fingerprints by which an earlier run may have known a finding: before its mailbox, called after its
// file until then, got a name by --assume-mailbox or further rows; by that file's name, as versions before this did; or
// before its rule was moved.
func formerly(c *activity.Case, f *detect.Finding) []string {
	prints := printsBy(c, f, f.Rule.ID)[1:]
	for _, rule := range f.Rule.Formerly {
		prints = append(prints, printsBy(c, f, rule)...)
	}
	return prints
}

// printsBy are the fingerprints of a finding, were its rule called so: that by which it is known, and those by which it
// may have been.
func printsBy(c *activity.Case, f *detect.Finding, rule string) []string {
	first, ok := c.Nameless(f.Evidence)
	switch {
	case ok && first.Flags&activity.Shared == 0:
		return []string{nameless(c, f, rule, first, first.ID), named(c, f, rule)}
	case ok || len(f.Evidence) == 0:
		return []string{named(c, f, rule)}
	}
	prints := []string{named(c, f, rule)}
	first = &c.Activities[slices.Min(f.Evidence)]
	if id, ok := c.Content(first); ok {
		prints = append(prints, nameless(c, f, rule, first, id))
	}
	return prints
}

func named(c *activity.Case, f *detect.Finding, rule string) string {
	return printOf(rule, c.Text(f.Mailbox), f.Group)
}

// nameless is the fingerprint by the first row of a finding.
func nameless(c *activity.Case, f *detect.Finding, rule string, first *activity.Activity, id activity.ID) string {
	group := make([]string, 0, len(f.Group)+1)
	for _, text := range f.Group {
		if text == c.Text(f.Mailbox) {
			text = ""
		}
		group = append(group, text)
	}
	return printOf(rule, "", append(group, fmt.Sprintf("%s %d %d", id, first.Time, first.Created)))
}

// printOf hashes rule, mailbox and group, each ended by a zero byte.
func printOf(rule, mailbox string, group []string) string {
	h := sha256.New()
	for _, text := range append([]string{rule, mailbox}, group...) {
		h.Write([]byte(text))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}
