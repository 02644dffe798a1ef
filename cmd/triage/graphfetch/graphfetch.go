// Package graphfetch is what triage fetch does with Microsoft Graph, apart from its flags: one source or a whole case, and
// what is said of it.
package graphfetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"triage/ingest/fetched"
	"triage/ingest/m365"
	"triage/ingest/m365/collect"
)

// Plan is what is asked for, of any source.
type Plan struct {
	Client       *m365.Client
	Global       bool // the cloud is the global one
	Version      string
	Mailboxes    []string // none: those of the directory's people, where it is fetched too
	Since, Until time.Time
	Tool         string
	Consent      string
	Progress     func(collect.Progress)
}

// Outcome is what became of one source.
type Outcome struct {
	Source   collect.Source
	Evidence string // its folder
	*collect.Result
	Err error // what asking again may mend; Result is nil
}

// Source fetches one source into a folder.
func (p *Plan) Source(ctx context.Context, s collect.Source, evidence string) Outcome {
	f := &collect.Fetch{
		Client: p.Client, Source: s, Global: p.Global, Version: p.Version, Mailboxes: p.Mailboxes, Since: p.Since, Until: p.Until,
		Output: evidence, Tool: p.Tool, Progress: p.Progress, Consent: p.Consent,
	}
	r, err := f.Run(ctx)
	return Outcome{s, evidence, r, err}
}

// Case fetches all sources into a folder, each into one of its own. The directory is first: it knows the mailboxes, where
// none are named. A source that fails does not stop the others, unless nothing can be had at all.
func (p *Plan) Case(ctx context.Context, folder string) []Outcome {
	all := collect.Sources()
	slices.SortStableFunc(all, func(a, b collect.Source) int { return sourceOrder(a) - sourceOrder(b) })
	var outcomes []Outcome
	for _, s := range all {
		o := p.Source(ctx, s, filepath.Join(folder, s.Name))
		outcomes = append(outcomes, o)
		if ctx.Err() != nil || o.Err != nil && hopeless(o.Err) {
			break
		}
		if s.Name == "directory" && len(p.Mailboxes) == 0 {
			p.Mailboxes = people(o.Evidence)
		}
	}
	return outcomes
}

func sourceOrder(s collect.Source) int {
	if s.Name == "directory" {
		return 0
	}
	return 1
}

// hopeless says that nothing else can be had either: no answer ever came, or the token is refused.
func hopeless(err error) bool {
	own, ok := errors.AsType[*m365.Error](err)
	return !ok || own.Hopeless()
}

// people are the members with a mailbox whom a directory's pages name, sorted.
func people(evidence string) []string {
	pages, err := filepath.Glob(filepath.Join(evidence, "people-*.json"))
	if err != nil {
		return nil
	}
	names := []string{}
	for _, path := range pages {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		var page struct {
			Value []struct{ UserPrincipalName, Mail, UserType string }
		}
		if json.Unmarshal(text, &page) != nil {
			continue
		}
		for _, u := range page.Value {
			if u.Mail != "" && !strings.EqualFold(u.UserType, "guest") && u.UserPrincipalName != "" {
				names = append(names, strings.ToLower(u.UserPrincipalName))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Lost are the gaps of what was asked for.
func (o *Outcome) Lost() []fetched.Gap {
	if o.Result == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(o.Gaps), func(g fetched.Gap) bool { return !g.Lost })
}

// rows are those that came, each counted once.
func (o *Outcome) rows() (n int) {
	for _, c := range o.Coverage {
		n += c.Rows
	}
	return n
}

// Sentence says what became of a source.
func (o *Outcome) Sentence() string {
	if o.Result == nil {
		return fmt.Sprintf("%s: not complete", o.Evidence)
	}
	what := "fetched"
	switch {
	case o.Already:
		what = "complete already"
	case o.Resumed:
		what = "fetched, going on where it had stopped"
	}
	return fmt.Sprintf("%s: %s: %s, %d rows in %d answers", o.Evidence, what, o.Source.Title, o.rows(), len(o.Pages))
}

// Gaps says what could not be had, a line each, and below it what to do; more than most are counted.
func (o *Outcome) GapLines(most int) []string {
	if o.Result == nil {
		return nil
	}
	var lines []string
	for i, g := range o.Gaps {
		if i == most {
			lines = append(lines, fmt.Sprintf("  and %d gaps more, in %s", len(o.Gaps)-most, filepath.Join(o.Folder, fetched.Name)))
			break
		}
		name := g.List
		if g.Mailbox != "" {
			name += " of " + g.Mailbox
		}
		lines = append(lines, fmt.Sprintf("  gap: %s: %s", name, g.Reason))
		if g.Remedy != "" {
			lines = append(lines, "    "+g.Remedy)
		}
		if g.File != "" {
			lines = append(lines, "    save its output as "+filepath.Join(filepath.Dir(o.Evidence), g.File)+": triage analyze reads it there")
		}
	}
	return lines
}
