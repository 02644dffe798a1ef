package report

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers"
	"triage/ingest/activity"
)

// TenantView says what the mailboxes have to do with each other. Everything in it rests on findings that speak of an
// intruder: unsuppressed, at least medium and half sure, or decided malicious.
type TenantView struct {
	Mailboxes []RankedMailbox `json:"mailboxes"`                // worst first
	First     *FirstMailbox   `json:"first_mailbox"`            // null: none shows an intruder inside, filters name mailboxes, or see firsts
	Firsts    []FirstMailbox  `json:"first_mailboxes,omitzero"` // of a case of several tenants: each one's
	Shared    []Shared        `json:"shared"`
	Spread    []Spread        `json:"spread"`

	MoreShared int `json:"shared_more"` // things beyond those listed
	MoreSpread int `json:"spread_more"` // ways beyond those listed
}

// RankedMailbox is one mailbox that findings speak of.
type RankedMailbox struct {
	Mailbox  string   `json:"mailbox"`
	Score    float64  `json:"score"`
	Band     string   `json:"band"`
	First    Time     `json:"first"` // act of somebody inside; null: only attempts and deliveries are seen
	Last     Time     `json:"last"`
	Findings []string `json:"findings"`
	Tenant   TenantOf `json:"tenant,omitzero"`
}

// FirstMailbox is where the earliest act of an intruder is seen.
type FirstMailbox struct {
	Mailbox  string   `json:"mailbox"`
	Time     Time     `json:"time"`
	Finding  string   `json:"finding"`
	Sure     string   `json:"sure"` // high, medium, low
	Text     string   `json:"text"`
	Doubts   []string `json:"doubts"`
	Before   []string `json:"before"`      // findings of attempts and deliveries that came earlier, the earliest
	More     int      `json:"before_more"` // such findings beyond those listed
	Evidence Citation `json:"evidence"`
	Tenant   TenantOf `json:"tenant,omitzero"`
}

// Shared is one thing that findings speak against and that several mailboxes have in common.
type Shared struct {
	Kind      string          `json:"kind"`
	Value     string          `json:"value"`
	Mailboxes []SharedMailbox `json:"mailboxes"`
	More      int             `json:"more"` // mailboxes beyond those listed
	Tenant    TenantOf        `json:"tenant,omitzero"`
}

// SharedMailbox is how one mailbox knows the shared thing.
type SharedMailbox struct {
	Mailbox    string   `json:"mailbox"`
	Activities int      `json:"activities"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
	DaysBefore int      `json:"days_before"` // days of use before the first finding about it; all days where there is none
	Findings   []string `json:"findings"`
}

// Spread is what one mailbox sent to another of the tenant while an intruder was in it.
type Spread struct {
	From      string     `json:"from"`
	To        string     `json:"to"`
	Time      Time       `json:"time"`
	Messages  int        `json:"messages"`
	MessageID Text       `json:"message_id"`
	Subject   Text       `json:"subject"`
	How       string     `json:"how"`           // how the way is known: message_id, recipients, or sender: a name that can be forged
	Intruder  bool       `json:"intruder"`      // sent from an address or session that findings speak against
	Findings  []string   `json:"findings"`      // the receiver's, afterwards
	After     Number     `json:"after_seconds"` // from the message to the first of them
	Evidence  []Citation `json:"evidence"`
	More      int        `json:"evidence_more"` // rows beyond those listed
	Tenant    TenantOf   `json:"tenant,omitzero"`
}

// Citation is one row of one input, without its text.
type Citation struct {
	File     string `json:"file"`
	Line     int64  `json:"line"`
	Record   int64  `json:"record"`
	Identity string `json:"identity"`
	Time     Time   `json:"time"`
}

// crossRows calls yield for every row that the sections across mailboxes cite.
func (b *builder) crossRows(yield func(row uint32)) {
	t := &b.Result.Tenant
	if t.First != nil {
		yield(t.First.Row)
	}
	for i := range t.Spread {
		for _, row := range t.Spread[i].Rows {
			yield(row)
		}
	}
	for i := range b.Result.Containment {
		for _, step := range b.Result.Containment[i].Steps {
			for _, row := range step.Rows {
				yield(row)
			}
		}
	}
}

func (b *builder) citation(row uint32) Citation {
	a := &b.c.Activities[row]
	rec := b.at(a.Origin())
	out := Citation{File: b.path(a.Origin()), Line: rec.Line, Record: rec.Record, Identity: a.ID.String()}
	if a.Flags&activity.Undated == 0 {
		out.Time = Time(a.Time)
	}
	return out
}

func (b *builder) citations(rows []uint32) []Citation {
	out := make([]Citation, 0, len(rows))
	for _, row := range rows {
		out = append(out, b.citation(row))
	}
	return out
}

func (b *builder) tenant() {
	in, out := &b.Result.Tenant, &b.out.Tenant
	*out = TenantView{
		Mailboxes: []RankedMailbox{}, Shared: []Shared{}, Spread: []Spread{}, MoreShared: in.MoreShared, MoreSpread: in.MoreSpread,
	}
	for _, one := range in.Ranked {
		box := &b.Result.Mailboxes[one.Box]
		if list := b.names(one.Findings); b.Filter.mailbox(box.Name) && len(list) > 0 {
			out.Mailboxes = append(out.Mailboxes, RankedMailbox{
				clean(box.Name), box.Score, box.Band, Time(one.First), Time(one.Last), list, "",
			})
		}
	}
	if f := in.First; f != nil && len(b.Filter.Mailboxes) == 0 && b.reported[f.Finding] {
		out.First = &FirstMailbox{
			Mailbox: clean(b.c.Text(f.Mailbox)), Time: Time(f.Time), Finding: b.Result.Findings[f.Finding].ID, Sure: f.Sure,
			Text: clean(f.Text), Doubts: cleanAll(f.Doubts), Before: b.names(f.Before), More: f.More, Evidence: b.citation(f.Row),
		}
	}
	for i := range in.Shared {
		b.shared(&in.Shared[i])
	}
	for i := range in.Spread {
		b.spread(&in.Spread[i])
	}
}

// shared lists what is common to mailboxes that are reported; what one finding alone speaks of joins nothing.
func (b *builder) shared(in *analyzers.Shared) {
	one := Shared{Kind: in.Kind, Value: clean(in.Value), Mailboxes: []SharedMailbox{}, More: in.More}
	findings := 0
	for _, box := range in.Boxes {
		name := b.c.Text(box.Mailbox)
		list := b.names(box.Findings)
		if !b.Filter.mailbox(name) || len(box.Findings) > 0 && len(list) == 0 {
			continue
		}
		findings += len(list)
		one.Mailboxes = append(one.Mailboxes, SharedMailbox{
			clean(name), box.Activities, Time(box.First), Time(box.Last), box.DaysBefore, list,
		})
	}
	if len(one.Mailboxes) > 1 && findings > 0 {
		b.out.Tenant.Shared = append(b.out.Tenant.Shared, one)
	}
}

func (b *builder) spread(in *analyzers.Spread) {
	from, to := b.c.Text(in.From), b.c.Text(in.To)
	list := b.names(in.Findings)
	if !b.Filter.mailbox(from) || !b.Filter.mailbox(to) || !b.Filter.span(in.Time, in.Time) {
		return
	}
	if len(in.Findings) > 0 && len(list) == 0 {
		return
	}
	b.out.Tenant.Spread = append(b.out.Tenant.Spread, Spread{
		From: clean(from), To: clean(to), Time: Time(in.Time), Messages: in.Messages, MessageID: Text(clean(in.MessageID)),
		Subject: Text(clean(in.Subject)), How: in.How, Intruder: in.Intruder, Findings: list, After: Number(in.After / 1000),
		Evidence: b.citations(in.Rows), More: in.MoreRows,
	})
}

// tenants says which tenant the builder's part of the report is about.
func (b *builder) tenants() {
	one := TenantCase{
		ID: Text(b.c.Tenant), Domains: cleanAll(b.Result.Domains), Activities: len(b.c.Activities), Inputs: []string{},
	}
	for i := range b.Result.Mailboxes {
		if b.Result.Mailboxes[i].Lane == activity.Person {
			one.Mailboxes++
		}
	}
	for i := range b.c.Inputs {
		if in := &b.c.Inputs[i]; in.Activities+in.Duplicates > 0 {
			one.Inputs = append(one.Inputs, clean(in.Path))
		}
	}
	b.out.Tenants = []TenantCase{one}
}

// join makes one report of those about each tenant: everything says whose it is, and lists keep the order that one
// tenant's have.
func (b *builder) join(parts []*builder) {
	out := b.out
	*out = Report{
		Tenants: []TenantCase{}, Coverage: []Coverage{}, NotEvaluated: []NotEvaluated{}, Mailboxes: []Mailbox{}, Services: []Service{},
		Addresses: []Address{}, Sessions: []Session{}, Messages: []Message{}, Searches: []Search{}, Findings: []Finding{},
		Timeline: []Timeline{}, Containment: []Containment{}, NextEvidence: []NextEvidence{},
		Tenant: TenantView{Mailboxes: []RankedMailbox{}, Shared: []Shared{}, Spread: []Spread{}},
	}
	b.caveats()
	for _, part := range parts {
		part.out.stamp(tenantOf(part.c.Tenant))
		out.add(part.out)
	}
	out.order()
}

// firsts are the first mailboxes: the case's, or each tenant's.
func (v *TenantView) firsts() []FirstMailbox {
	if v.First != nil {
		return []FirstMailbox{*v.First}
	}
	return v.Firsts
}

// stamp says of everything in the report which tenant it is about.
func (r *Report) stamp(t TenantOf) {
	stamp(r.Coverage, func(x *Coverage) { x.Tenant = t })
	stamp(r.Caveats, func(x *Caveat) { x.Tenant = t })
	stamp(r.NotEvaluated, func(x *NotEvaluated) { x.Tenant = t })
	stamp(r.Mailboxes, func(x *Mailbox) { x.Tenant = t })
	stamp(r.Services, func(x *Service) { x.Tenant = t })
	stamp(r.Addresses, func(x *Address) { x.Tenant = t })
	stamp(r.Sessions, func(x *Session) { x.Tenant = t })
	stamp(r.Messages, func(x *Message) { x.Tenant = t })
	stamp(r.Searches, func(x *Search) { x.Tenant = t })
	stamp(r.Findings, func(x *Finding) { x.Tenant = t })
	stamp(r.Timeline, func(x *Timeline) { x.Tenant = t })
	stamp(r.Containment, func(x *Containment) { x.Tenant = t })
	stamp(r.NextEvidence, func(x *NextEvidence) { x.Tenant = t })
	v := &r.Tenant
	stamp(v.Mailboxes, func(x *RankedMailbox) { x.Tenant = t })
	stamp(v.Shared, func(x *Shared) { x.Tenant = t })
	stamp(v.Spread, func(x *Spread) { x.Tenant = t })
	if v.First != nil {
		v.First.Tenant = t
		v.Firsts, v.First = []FirstMailbox{*v.First}, nil
	}
}

func stamp[T any](list []T, set func(*T)) {
	for i := range list {
		set(&list[i])
	}
}

// add appends the lists of another tenant's report.
func (r *Report) add(o *Report) {
	r.Tenants = append(r.Tenants, o.Tenants...)
	r.Coverage = append(r.Coverage, o.Coverage...)
	r.Caveats = append(r.Caveats, o.Caveats...)
	r.NotEvaluated = append(r.NotEvaluated, o.NotEvaluated...)
	r.Mailboxes = append(r.Mailboxes, o.Mailboxes...)
	r.Services = append(r.Services, o.Services...)
	r.Addresses = append(r.Addresses, o.Addresses...)
	r.Sessions = append(r.Sessions, o.Sessions...)
	r.Messages = append(r.Messages, o.Messages...)
	r.Searches = append(r.Searches, o.Searches...)
	r.Findings = append(r.Findings, o.Findings...)
	r.Timeline = append(r.Timeline, o.Timeline...)
	r.Containment = append(r.Containment, o.Containment...)
	r.NextEvidence = append(r.NextEvidence, o.NextEvidence...)
	r.NextEvidenceMore += o.NextEvidenceMore
	r.Tenant.MoreShared += o.Tenant.MoreShared
	r.Tenant.MoreSpread += o.Tenant.MoreSpread
	r.Tenant.Mailboxes = append(r.Tenant.Mailboxes, o.Tenant.Mailboxes...)
	r.Tenant.Firsts = append(r.Tenant.Firsts, o.Tenant.Firsts...)
	r.Tenant.Shared = append(r.Tenant.Shared, o.Tenant.Shared...)
	r.Tenant.Spread = append(r.Tenant.Spread, o.Tenant.Spread...)
}

// order brings the lists of several tenants, each in order, into that order. What is equal stays in the order of the
// tenants. What is to be done and fetched is not mixed: it is one tenant's administrator who does it.
func (r *Report) order() {
	slices.SortStableFunc(r.Coverage, func(x, y Coverage) int {
		return cmp.Or(cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Source, y.Source))
	})
	slices.SortStableFunc(r.Caveats, func(x, y Caveat) int {
		return cmp.Or(cmp.Compare(x.Code, y.Code), cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Text, y.Text))
	})
	slices.SortStableFunc(r.NotEvaluated, func(x, y NotEvaluated) int {
		return cmp.Or(cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Reason, y.Reason))
	})
	slices.SortStableFunc(r.Mailboxes, func(x, y Mailbox) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Mailbox, y.Mailbox))
	})
	slices.SortStableFunc(r.Services, func(x, y Service) int { return cmp.Compare(x.Name, y.Name) })
	slices.SortStableFunc(r.Addresses, func(x, y Address) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.IP, y.IP))
	})
	slices.SortStableFunc(r.Sessions, func(x, y Session) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Session, y.Session))
	})
	slices.SortStableFunc(r.Messages, func(x, y Message) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(cmp.Or(x.MessageID, x.Item), cmp.Or(y.MessageID, y.Item)))
	})
	slices.SortStableFunc(r.Searches, func(x, y Search) int {
		return cmp.Or(cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Time, y.Time), cmp.Compare(x.Query, y.Query))
	})
	slices.SortStableFunc(r.Findings, func(x, y Finding) int { // F-numbers order all tenants' findings
		return cmp.Or(cmp.Compare(len(x.ID), len(y.ID)), cmp.Compare(x.ID, y.ID))
	})
	slices.SortStableFunc(r.Timeline, func(x, y Timeline) int { return cmp.Compare(x.Mailbox, y.Mailbox) })
	slices.SortStableFunc(r.Tenant.Mailboxes, func(x, y RankedMailbox) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Mailbox, y.Mailbox))
	})
}

// several says that the report is about more than one tenant.
func (r *Report) several() bool { return len(r.Tenants) > 1 }

// tenantNames are what people call the tenants: the first of their domains that no other one has and that Microsoft did
// not give, else the id.
func (r *Report) tenantNames() map[TenantOf]string {
	having := map[string]int{}
	for i := range r.Tenants {
		for _, d := range r.Tenants[i].Domains {
			having[d]++
		}
	}
	names := map[TenantOf]string{}
	for i := range r.Tenants {
		t := &r.Tenants[i]
		name, given := "", ""
		for _, d := range t.Domains {
			switch {
			case having[d] > 1:
			case strings.HasSuffix(d, ".onmicrosoft.com"):
				given = cmp.Or(given, d)
			default:
				name = cmp.Or(name, d)
			}
		}
		if t.ID == "" {
			name, given = "not named", ""
		}
		names[tenantOf(string(t.ID))] = cmp.Or(name, given, string(t.ID))
	}
	return names
}

// tenantRows are the tenants for a table, at most so many.
func (r *Report) tenantRows(most int) [][]string {
	names := r.tenantNames()
	var rows [][]string
	for i := range r.Tenants[:min(len(r.Tenants), most)] {
		t := &r.Tenants[i]
		rows = append(rows, []string{
			short(names[tenantOf(string(t.ID))], 60), known(t.ID), grouped(t.Mailboxes), grouped(t.Activities),
			grouped(len(t.Inputs)), short(nameList(t.Domains, topPeople), 200),
		})
	}
	return rows
}

// labelled is the report with every mailbox called by its tenant as well, for people: two tenants may have the same name.
// A report about one tenant is itself.
func (r *Report) labelled() *Report {
	if !r.several() {
		return r
	}
	out, names := *r, r.tenantNames()
	label := func(mailbox string, t TenantOf) string {
		if name := names[t]; name != "" && mailbox != "" {
			return mailbox + " [" + name + "]"
		} else if name != "" {
			return "tenant " + name
		}
		return mailbox
	}
	ofText := func(mailbox Text, t TenantOf) Text { return Text(label(string(mailbox), t)) }
	out.Ledger = relabel(r.Ledger, func(x *LedgerItem) { x.Mailbox = ofText(x.Mailbox, x.Tenant) })
	out.Coverage = relabel(r.Coverage, func(x *Coverage) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.Caveats = relabel(r.Caveats, func(x *Caveat) { x.Mailbox = ofText(x.Mailbox, x.Tenant) })
	out.NotEvaluated = relabel(r.NotEvaluated, func(x *NotEvaluated) {
		if x.Mailbox != "" { // else it is of every mailbox of its tenant
			x.Mailbox = ofText(x.Mailbox, x.Tenant)
		}
	})
	out.Mailboxes = relabel(r.Mailboxes, func(x *Mailbox) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.Addresses = relabel(r.Addresses, func(x *Address) { x.IP = label(x.IP, x.Tenant) })
	out.Searches = relabel(r.Searches, func(x *Search) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.Findings = relabel(r.Findings, func(x *Finding) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.Containment = relabel(r.Containment, func(x *Containment) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	out.NextEvidence = relabel(r.NextEvidence, func(x *NextEvidence) { x.Text = label(x.Text, x.Tenant) })
	v := &out.Tenant
	v.Mailboxes = relabel(v.Mailboxes, func(x *RankedMailbox) { x.Mailbox = label(x.Mailbox, x.Tenant) })
	v.Firsts = relabel(v.Firsts, func(x *FirstMailbox) { x.Text = label("", x.Tenant) + ": " + x.Text })
	v.Shared = relabel(v.Shared, func(x *Shared) { x.Value = label(x.Value, x.Tenant) })
	v.Spread = relabel(v.Spread, func(x *Spread) { x.From, x.To = label(x.From, x.Tenant), label(x.To, x.Tenant) })
	return &out
}

func relabel[T any](list []T, set func(*T)) []T {
	list = slices.Clone(list)
	stamp(list, set)
	return list
}
