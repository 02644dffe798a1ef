package collect

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"triage/ingest/fetched"
	"triage/ingest/m365"
	"triage/ingest/m365/disk"
)

// Fetch fetches one source into a folder.
type Fetch struct {
	Client    *m365.Client
	Source    Source
	Global    bool   // the service is that of the global cloud, which alone has some lists
	Version   string // one of Versions; "": Auto
	Mailboxes []string
	Since     time.Time // inclusive; zero: as far back as the service keeps anything
	Until     time.Time // exclusive; zero: now
	Output    string    // the folder of the evidence; beside it stands that of journal and manifest
	Tool      string    // name and version, for the manifest
	Progress  func(Progress)
	Consent   string     // where an administrator consents to permissions; "": unknown
	Files     disk.Files // nil: the disk
}

// Progress is how far a fetch has come.
type Progress struct {
	Source, List, Mailbox string
	Rows, Requests        int
}

// Result is what a fetch has done.
type Result struct {
	*fetched.Manifest
	Folder  string // of journal and manifest
	Resumed bool   // a fetch that was stopped went on
	Already bool   // everything was there; nothing was done
}

// ErrExists is that the output is there and is not this fetch's.
var ErrExists = errors.New("exists already")

// ErrOther is that the folder belongs to a fetch of other flags.
var ErrOther = disk.ErrOther

// longest is how far back is asked for where nothing is said.
const longest = 180 * day

// collecting is a fetch under way.
type collecting struct {
	*fetchFolder
	*Fetch
	endpoints map[string]*m365.Endpoint // of lists, by limit: lists of one service share it

	telling sync.Mutex
	rows    int
	asked   int
}

// Run fetches, or goes on where it was stopped. What the service refuses becomes a gap of the manifest; an error is what
// asking again later may mend: ctx's, ErrExists, ErrOther, an *m365.Error, or the disk's.
func (f *Fetch) Run(ctx context.Context) (_ *Result, err error) {
	if f.Files == nil {
		f.Files = disk.Real{}
	}
	begun, err := disk.Exists(filepath.Join(fetched.Folder(f.Output), disk.JournalName))
	if err != nil {
		return nil, err
	}
	if names, err := os.ReadDir(f.Output); err == nil && len(names) > 0 && !begun {
		return nil, errExists{f.Output}
	}
	d, err := openFolder(f.Files, f.Output, f.plan())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.journal.Close()) }()
	c := &collecting{fetchFolder: d, Fetch: f, endpoints: map[string]*m365.Endpoint{}}
	before := len(d.entries)
	if known, err := disk.Exists(d.in(fetched.Name)); err != nil || !known {
		// A fetch that is killed must not look like evidence that somebody else exported.
		if err := errors.Join(err, c.writeManifest(c.manifest(false))); err != nil {
			return nil, err
		}
	}
	err = c.lists(ctx)
	m := c.manifest(err == nil)
	if written := c.writeManifest(m); err == nil {
		err = written
	}
	if err != nil {
		return nil, err
	}
	return &Result{Manifest: m, Folder: d.path, Resumed: before > 0, Already: before > 0 && before == len(d.entries)}, d.Remove(d.in(disk.TempName))
}

type errExists struct{ path string }

func (e errExists) Error() string { return e.path + " " + ErrExists.Error() }
func (e errExists) Unwrap() error { return ErrExists }

// plan is the run as it would begin now. Times are whole seconds: the service's queries know nothing finer.
func (f *Fetch) plan() fetchRun {
	now := f.Client.Clock.Now().UTC().Truncate(time.Second)
	r := fetchRun{
		Schema: fetched.Schema, Root: f.Client.Root, Source: f.Source.Name, Version: f.version(),
		Mailboxes: []string{}, Since: f.Since.UTC().Truncate(time.Second), Until: f.Until.UTC().Truncate(time.Second), Started: now,
	}
	if slices.ContainsFunc(f.Source.Lists, func(l List) bool { return l.PerMailbox() }) {
		r.Mailboxes = append(r.Mailboxes, f.Mailboxes...)
		for i, m := range r.Mailboxes {
			r.Mailboxes[i] = strings.ToLower(strings.TrimSpace(m))
		}
		slices.Sort(r.Mailboxes)
		r.Mailboxes = slices.Compact(r.Mailboxes)
	}
	if f.Since.IsZero() {
		r.Since = now.Add(-longest)
	} else {
		r.Asked[0] = r.Since.Format(time.RFC3339)
	}
	if f.Until.IsZero() {
		r.Until = now
	} else {
		r.Asked[1] = r.Until.Format(time.RFC3339)
	}
	r.Until = earliest(r.Until, now) // what is not yet logged cannot be covered
	return r
}

func (f *Fetch) version() string {
	if f.Version == "" {
		return Auto
	}
	return f.Version
}

// lists asks for every list that is not complete.
func (c *collecting) lists(ctx context.Context) error {
	for i := range c.Source.Lists {
		l := &c.Source.Lists[i]
		if !l.PerMailbox() {
			if err := c.listOf(ctx, l, ""); err != nil {
				return err
			}
			continue
		}
		if err := c.mailboxes(ctx, l); err != nil {
			return err
		}
	}
	return c.missing()
}

// atOnce is how many mailboxes are asked for at a time: Outlook's part of Graph serves an application four requests at
// once for each of them, and all lists of users share the directory's limits.
const atOnce = 4

// mailboxes asks for a list of each mailbox, several at once. The first error ends all.
func (c *collecting) mailboxes(ctx context.Context, l *List) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	todo := make(chan string)
	errs := make(chan error, atOnce)
	for range atOnce {
		go func() {
			var failed error
			for mailbox := range todo {
				if failed == nil {
					if failed = c.listOf(ctx, l, mailbox); failed != nil {
						cancel()
					}
				}
			}
			errs <- failed
		}()
	}
	for _, m := range c.run.Mailboxes {
		todo <- m
	}
	close(todo)
	var first error
	for range atOnce {
		// Those that were stopped by the first say only that.
		if err := <-errs; err != nil && (first == nil || errors.Is(first, context.Canceled)) {
			first = err
		}
	}
	return first
}

// listOf asks for one list. A refusal is a gap: whoever lacks one permission still wants the rest.
func (c *collecting) listOf(ctx context.Context, l *List, mailbox string) error {
	of := whole{l.Name, mailbox}
	if c.isWhole(of) {
		return nil
	}
	refused, err := false, error(nil)
	switch {
	case mailbox != "" && !usable(mailbox):
		err = c.noteOnce(journalLine{Gap: &fetched.Gap{List: l.Name, Mailbox: mailbox, Lost: true, Reason: "not asked: the mailbox is no user principal name"}})
	case l.GlobalOnly && !c.Global:
		err = c.noteOnce(journalLine{Gap: &fetched.Gap{
			List: l.Name, Lost: true, From: c.run.Since, To: c.run.Until, Reason: "Graph has this list in the global cloud only",
			Remedy: "Get-MessageTraceV2 in that cloud's Exchange shell, ten days at a time | Export-Csv", File: "message-trace.csv",
		}})
	default:
		refused, err = c.ask(ctx, of, l)
	}
	if err != nil || refused {
		return err
	}
	return c.note(journalLine{Whole: &of})
}

// ask asks for a list in one version of Graph, or in the other where the first does not know it. What the service refuses
// is asked for again by the next run.
func (c *collecting) ask(ctx context.Context, of whole, l *List) (refused bool, err error) {
	versions := []string{V1, Beta}
	switch {
	case l.Beta || c.version() == Beta:
		versions = []string{Beta}
	case c.version() == V1:
		versions = []string{V1}
	}
	for i, v := range versions {
		err = c.by(ctx, of, l, v)
		refusal, ok := errors.AsType[*m365.Error](err)
		if ok && unknownList(refusal) && i+1 < len(versions) {
			continue
		}
		if ok && isRefusal(refusal) {
			g := c.refusal(of, l, refusal)
			return true, c.noteOnce(journalLine{Refusal: &g})
		}
		return false, err
	}
	return false, err
}

func (c *collecting) by(ctx context.Context, of whole, l *List, version string) error {
	switch {
	case c.Source.Name == Audit:
		return (&queries{c, of, l, version}).all(ctx)
	case l.Time != "":
		return (&sweep{collecting: c, of: of, list: l, version: version}).all(ctx)
	}
	return c.once(ctx, of, l, version)
}

// unknownList says that this version of the service may not have the list.
func unknownList(e *m365.Error) bool {
	return e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound && e.Code != "MailboxNotEnabledForRESTAPI" && e.Code != "ErrorItemNotFound" && e.Code != "Request_ResourceNotFound"
}

// isRefusal says that the service will not give this list, and may well give others. A token that is refused (401) is
// another matter: nothing can be had with it.
func isRefusal(e *m365.Error) bool {
	return e.Status >= 400 && e.Status < 500 && e.Status != http.StatusUnauthorized && e.Status != http.StatusRequestTimeout && e.Status != http.StatusTooManyRequests
}

// refusal is the gap that a refusal leaves.
func (c *collecting) refusal(of whole, l *List, e *m365.Error) fetched.Gap {
	g := fetched.Gap{List: of.List, Mailbox: of.Mailbox, Lost: true, Reason: e.Message}
	if l.Time != "" {
		g.From, g.To = c.run.Since, c.run.Until
	}
	switch {
	case strings.Contains(e.Code, "NonPremiumTenant") || strings.Contains(e.Message, "license"):
		g.Remedy = "the tenant has no licence for it"
		if c.Source.License != "" {
			g.Remedy += ": it needs " + c.Source.License
		}
	case e.Status == http.StatusForbidden:
		g.Remedy = "the token lacks a permission: " + strings.Join(c.Source.Permissions, ", ") +
			"; have an administrator consent to it" + c.consent() + ", get a new token, and run the same command again"
	case e.Status == http.StatusNotFound && of.Mailbox != "":
		g.Remedy = "check the name: the service knows no such mailbox"
	}
	return g
}

func (c *collecting) consent() string {
	if c.Consent == "" {
		return ""
	}
	return " at " + c.Consent
}

// missing names what Graph does not have, once.
func (c *collecting) missing() error {
	for _, a := range c.Source.Missing {
		boxes := c.run.Mailboxes
		if !strings.Contains(a.Command, "{mailbox}") || len(boxes) == 0 {
			boxes = []string{""}
		}
		for _, box := range boxes {
			shown, file := box, box
			if box == "" {
				shown, file = "*", "all"
			}
			g := fetched.Gap{
				List: a.What, Mailbox: box, Reason: "Graph does not have it",
				Remedy: strings.ReplaceAll(a.Command, "{mailbox}", shown), File: strings.ReplaceAll(a.File, "{mailbox}", file),
			}
			if err := c.noteOnce(journalLine{Gap: &g}); err != nil {
				return err
			}
		}
	}
	return nil
}

// endpoint is that of a list; lists with the same limit share one, since the service counts them together.
func (c *collecting) endpoint(l *List) *m365.Endpoint {
	c.telling.Lock()
	defer c.telling.Unlock()
	key := l.Limit.per.String()
	if l.Limit == others {
		key = l.Name
	}
	if c.endpoints[key] == nil {
		c.endpoints[key] = l.endpoint()
	}
	return c.endpoints[key]
}

// tell counts an answer.
func (c *collecting) tell(of whole, rows int) {
	c.telling.Lock()
	defer c.telling.Unlock()
	c.asked++
	c.rows += rows
	if c.Progress != nil {
		c.Progress(Progress{c.Source.Name, of.List, of.Mailbox, c.rows, c.asked})
	}
}

// manifest is what there is.
func (c *collecting) manifest(complete bool) *fetched.Manifest {
	m := &fetched.Manifest{
		Schema: fetched.Schema, Tool: c.Tool, Root: c.run.Root, Source: c.run.Source, Permissions: c.Source.Permissions,
		Mailboxes: c.run.Mailboxes, Started: c.run.Started, Since: c.run.Since, Until: c.run.Until, Complete: complete,
		Coverage: c.coverage(), Gaps: []fetched.Gap{}, Pages: []fetched.Page{},
	}
	var pages []keptPage
	c.each(func(e journalLine) {
		switch {
		case e.Gap != nil:
			m.Gaps = append(m.Gaps, *e.Gap)
		case e.Refusal != nil && !c.isWhole(whole{e.Refusal.List, e.Refusal.Mailbox}):
			m.Gaps = append(m.Gaps, *e.Refusal)
		case e.Page != nil:
			pages = append(pages, *e.Page)
		}
	})
	sortGaps(m.Gaps)
	slices.SortStableFunc(pages, func(a, b keptPage) int { return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Mailbox, b.Mailbox)) })
	for _, p := range pages {
		m.Pages = append(m.Pages, p.Page)
	}
	return m
}

func (c *collecting) writeManifest(m *fetched.Manifest) error {
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return disk.Place(c.fetchFolder.Files, c.in(disk.TempName, fetched.Name), c.in(fetched.Name), c.path, append(text, '\n'))
}
