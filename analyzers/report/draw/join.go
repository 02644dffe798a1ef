package draw

import (
	"cmp"
	"slices"

	"triage/analyzers/report"
)

// ofTenants is one report of what is said of each tenant: everything says whose it is, and lists keep the order that one
// tenant's have. A case of one tenant says it of nothing.
func ofTenants(whole *tenantPart, parts []*tenantPart) *report.Report {
	if len(parts) == 1 && parts[0].Result == whole.Result {
		return ofTenant(parts[0])
	}
	out := &report.Report{
		Tenants: []report.TenantCase{}, Coverage: []report.Coverage{}, Caveats: caveats(whole), NotEvaluated: []report.NotEvaluated{}, Accounts: []report.Account{}, Identities: []report.AccountName{}, Mailboxes: []report.Mailbox{},
		Services: []report.Service{}, Addresses: []report.Address{}, Sessions: []report.Session{}, Messages: []report.Message{}, Searches: []report.Search{},
		Answers: []report.Answer{}, Story: []report.Story{}, Findings: []report.Finding{}, Timeline: []report.Timeline{}, Containment: []report.Containment{}, NextEvidence: []report.NextEvidence{}, Intruders: []report.Intruder{}, Presences: []report.Presence{}, Exposure: []report.Exposure{}, Threads: []report.Thread{}, Lanes: []report.AccountLanes{}, Touched: []report.Touched{},
		Tenant: report.TenantView{Mailboxes: []report.RankedMailbox{}, Shared: []report.Shared{}, Spread: []report.Spread{}},
	}
	for _, p := range parts {
		one := ofTenant(p)
		say(one, report.NamedTenant(p.c.Tenant))
		add(out, one)
	}
	order(out)
	return out
}

// say says of everything in a report which tenant it is about.
func say(r *report.Report, t report.TenantOf) {
	stamp(r.Coverage, func(x *report.Coverage) { x.Tenant = t })
	stamp(r.Caveats, func(x *report.Caveat) { x.Tenant = t })
	stamp(r.NotEvaluated, func(x *report.NotEvaluated) { x.Tenant = t })
	stamp(r.Identities, func(x *report.AccountName) { x.Tenant = t })
	stamp(r.Accounts, func(x *report.Account) { x.Tenant = t })
	stamp(r.Mailboxes, func(x *report.Mailbox) { x.Tenant = t })
	stamp(r.Services, func(x *report.Service) { x.Tenant = t })
	stamp(r.Addresses, func(x *report.Address) { x.Tenant = t })
	stamp(r.Sessions, func(x *report.Session) { x.Tenant = t })
	stamp(r.Messages, func(x *report.Message) { x.Tenant = t })
	stamp(r.Searches, func(x *report.Search) { x.Tenant = t })
	stamp(r.Answers, func(x *report.Answer) { x.Tenant = t })
	stamp(r.Story, func(x *report.Story) { x.Tenant = t })
	stamp(r.Findings, func(x *report.Finding) { x.Tenant = t })
	stamp(r.Timeline, func(x *report.Timeline) { x.Tenant = t })
	stamp(r.Containment, func(x *report.Containment) { x.Tenant = t })
	stamp(r.NextEvidence, func(x *report.NextEvidence) { x.Tenant = t })
	stamp(r.Intruders, func(x *report.Intruder) { x.Tenant = t })
	stamp(r.Presences, func(x *report.Presence) { x.Tenant = t })
	stamp(r.Exposure, func(x *report.Exposure) { x.Tenant = t })
	stamp(r.Threads, func(x *report.Thread) { x.Tenant = t })
	stamp(r.Lanes, func(x *report.AccountLanes) { x.Tenant = t })
	stamp(r.Touched, func(x *report.Touched) { x.Tenant = t })
	v := &r.Tenant
	stamp(v.Mailboxes, func(x *report.RankedMailbox) { x.Tenant = t })
	stamp(v.Shared, func(x *report.Shared) { x.Tenant = t })
	stamp(v.Spread, func(x *report.Spread) { x.Tenant = t })
	if v.First != nil {
		v.First.Tenant = t
		v.Firsts, v.First = []report.FirstMailbox{*v.First}, nil
	}
}

// stamp sets something of each of a list.
func stamp[T any](list []T, set func(*T)) {
	for i := range list {
		set(&list[i])
	}
}

// add appends the lists of another tenant's report, o.
func add(r, o *report.Report) {
	r.Tenants = append(r.Tenants, o.Tenants...)
	r.Coverage = append(r.Coverage, o.Coverage...)
	r.Caveats = append(r.Caveats, o.Caveats...)
	r.NotEvaluated = append(r.NotEvaluated, o.NotEvaluated...)
	r.Accounts = append(r.Accounts, o.Accounts...)
	r.AccountsMore += o.AccountsMore
	r.Identities = append(r.Identities, o.Identities...)
	r.IdentitiesMore += o.IdentitiesMore
	r.Mailboxes = append(r.Mailboxes, o.Mailboxes...)
	r.Services = append(r.Services, o.Services...)
	r.Addresses = append(r.Addresses, o.Addresses...)
	r.Sessions = append(r.Sessions, o.Sessions...)
	r.Messages = append(r.Messages, o.Messages...)
	r.Searches = append(r.Searches, o.Searches...)
	r.Answers = append(r.Answers, o.Answers...)
	r.Story = append(r.Story, o.Story...)
	r.StoryMore += o.StoryMore
	r.Findings = append(r.Findings, o.Findings...)
	r.Timeline = append(r.Timeline, o.Timeline...)
	r.Containment = append(r.Containment, o.Containment...)
	r.NextEvidence = append(r.NextEvidence, o.NextEvidence...)
	r.NextEvidenceMore += o.NextEvidenceMore
	r.Intruders = append(r.Intruders, o.Intruders...)
	r.IntrudersMore += o.IntrudersMore
	r.Presences = append(r.Presences, o.Presences...)
	r.PresencesMore.Attacker += o.PresencesMore.Attacker
	r.PresencesMore.Undecided += o.PresencesMore.Undecided
	r.PresencesMore.Owner += o.PresencesMore.Owner
	r.PresencesMore.Service += o.PresencesMore.Service
	r.Exposure = append(r.Exposure, o.Exposure...)
	r.Threads = append(r.Threads, o.Threads...)
	r.ThreadsMore += o.ThreadsMore
	r.Lanes = append(r.Lanes, o.Lanes...)
	r.LanesMore.Accounts += o.LanesMore.Accounts
	sum(&r.LanesMore.Acts, &o.LanesMore.Acts)
	r.Touched = append(r.Touched, o.Touched...)
	r.Tenant.MoreShared += o.Tenant.MoreShared
	r.Tenant.MoreSpread += o.Tenant.MoreSpread
	r.Tenant.Mailboxes = append(r.Tenant.Mailboxes, o.Tenant.Mailboxes...)
	r.Tenant.Firsts = append(r.Tenant.Firsts, o.Tenant.Firsts...)
	r.Tenant.Shared = append(r.Tenant.Shared, o.Tenant.Shared...)
	r.Tenant.Spread = append(r.Tenant.Spread, o.Tenant.Spread...)
}

// order brings the lists of several tenants, each in order, into that order. What is equal stays in the order of the
// tenants. What is to be done and fetched is not mixed: it is one tenant's administrator who does it.
func order(r *report.Report) {
	slices.SortStableFunc(r.Coverage, func(x, y report.Coverage) int {
		return cmp.Or(cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Source, y.Source))
	})
	slices.SortStableFunc(r.Caveats, func(x, y report.Caveat) int {
		return cmp.Or(cmp.Compare(x.Code, y.Code), cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Text, y.Text))
	})
	slices.SortStableFunc(r.NotEvaluated, func(x, y report.NotEvaluated) int {
		return cmp.Or(cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Reason, y.Reason))
	})
	slices.SortStableFunc(r.Accounts, func(x, y report.Account) int { return cmp.Compare(x.Account, y.Account) })
	slices.SortStableFunc(r.Identities, func(x, y report.AccountName) int {
		return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.Name, y.Name))
	})
	slices.SortStableFunc(r.Mailboxes, func(x, y report.Mailbox) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Mailbox, y.Mailbox))
	})
	slices.SortStableFunc(r.Services, func(x, y report.Service) int { return cmp.Compare(x.Name, y.Name) })
	slices.SortStableFunc(r.Addresses, func(x, y report.Address) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.IP, y.IP))
	})
	slices.SortStableFunc(r.Sessions, func(x, y report.Session) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Session, y.Session))
	})
	slices.SortStableFunc(r.Messages, func(x, y report.Message) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(cmp.Or(x.MessageID, x.Item), cmp.Or(y.MessageID, y.Item)))
	})
	slices.SortStableFunc(r.Searches, func(x, y report.Search) int {
		return cmp.Or(cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Time, y.Time), cmp.Compare(x.Query, y.Query))
	})
	slices.SortStableFunc(r.Findings, func(x, y report.Finding) int { // F-numbers order all tenants' findings
		return cmp.Or(cmp.Compare(len(x.ID), len(y.ID)), cmp.Compare(x.ID, y.ID))
	})
	slices.SortStableFunc(r.Timeline, func(x, y report.Timeline) int { return cmp.Compare(x.Mailbox, y.Mailbox) })
	slices.SortStableFunc(r.Tenant.Mailboxes, func(x, y report.RankedMailbox) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Mailbox, y.Mailbox))
	})
}

// sum adds other counts.
func sum(to, more *report.LaneActs) {
	to.Owner += more.Owner
	to.Attacker += more.Attacker
	to.Undecided += more.Undecided
	to.Unplaced += more.Unplaced
}
