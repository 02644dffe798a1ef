package draw

import (
	"cmp"
	"slices"

	"triage/analyzers/register"
	"triage/analyzers/report"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

// maxAccounts bounds the accounts of a tenant that are listed, so that a case of very many takes no more memory. Those that
// somebody changed come first, and those that an intruder was in; which did anything, the mailboxes say of all.
const maxAccounts = 20_000

// knownAccounts are all that are known, as far as the filter lets them through, by name: those that somebody changed, and those
// that did something or to whom something was done. more counts those beyond.
func knownAccounts(p *tenantPart) (list []report.Account, more int) {
	list, more = changedAccounts(p), p.Result.MoreAccounts
	changed := list
	known := func(name string) bool {
		_, found := slices.BinarySearchFunc(changed, name, func(x report.Account, name string) int { return cmp.Compare(x.Account, name) })
		return found
	}
	taken, own := takenAccounts(p), newOwnActs(p)
	for _, his := range []bool{true, false} { // mailboxes are in no order of name: the first by name are those that stay
		var names []*verdict.Mailbox
		for i := range p.Result.Mailboxes {
			m := &p.Result.Mailboxes[i]
			if m.Lane == activity.Person && m.Name != "" && (len(taken[m.Symbol]) > 0) == his && p.Filter.mailbox(m.Name) && !known(report.Clean(m.Name)) {
				names = append(names, m)
			}
		}
		slices.SortFunc(names, func(x, y *verdict.Mailbox) int { return cmp.Compare(x.Name, y.Name) })
		n := min(len(names), max(0, maxAccounts-len(list)))
		more += len(names) - n
		list = slices.Grow(list, n)
		for _, m := range names[:n] {
			one := own.of(m.Symbol)
			list = append(list, report.Account{
				Account: report.Clean(m.Name), Activities: one.count, First: report.Time(one.first), Last: report.Time(one.last), Changes: []report.AccountAct{}, Intruders: taken[m.Symbol],
			})
		}
	}
	slices.SortFunc(list, func(x, y report.Account) int { return cmp.Compare(x.Account, y.Account) })
	return list, more
}

// takenAccounts are the names of the intruders that were in an account.
func takenAccounts(p *tenantPart) map[activity.Symbol][]string {
	taken := map[activity.Symbol][]string{}
	if a := p.Result.Attribution; a != nil {
		for i := range a.Intruders {
			for _, s := range a.Intruders[i].Accounts {
				taken[s] = append(taken[s], a.Intruders[i].Name)
			}
		}
	}
	return taken
}

// ownActs counts what the accounts of a case did themselves.
type ownActs struct {
	at    []uint32 // by symbol: one more than the index in acts; 0: no mailbox of the report
	acts  []ownAct
	empty ownAct
}

type ownAct struct {
	count       int
	first, last int64
}

func newOwnActs(p *tenantPart) *ownActs {
	o := &ownActs{at: make([]uint32, p.c.Symbols.Len()), acts: make([]ownAct, len(p.Result.Mailboxes))}
	for i := range p.Result.Mailboxes {
		o.at[p.Result.Mailboxes[i].Symbol] = uint32(i) + 1
	}
	for i := range p.c.Activities {
		a := &p.c.Activities[i]
		if a.Actor == 0 || o.at[a.Actor] == 0 {
			continue
		}
		one := &o.acts[o.at[a.Actor]-1]
		one.count++
		if a.Flags&activity.Undated != 0 {
			continue
		}
		if one.first == 0 {
			one.first = a.Time
		}
		one.last = a.Time
	}
	return o
}

func (o *ownActs) of(s activity.Symbol) *ownAct {
	if int(s) >= len(o.at) || o.at[s] == 0 {
		return &o.empty
	}
	return &o.acts[o.at[s]-1]
}

// changedAccounts are those that somebody changed.
func changedAccounts(p *tenantPart) []report.Account {
	list := []report.Account{}
	taken := takenAccounts(p)
	for i := range p.Result.Accounts {
		x := &p.Result.Accounts[i]
		if !p.Filter.mailbox(x.Name) {
			continue
		}
		one := report.Account{
			Account: report.Clean(x.Name), Activities: x.Activities, First: report.Time(x.First), Last: report.Time(x.Last), More: x.More,
			Changes: make([]report.AccountAct, len(x.Acts)), Intruders: taken[p.c.Symbols.Find(x.Name)],
		}
		for k := range x.Acts {
			one.Changes[k] = accountAct(p, &x.Acts[k])
		}
		list = append(list, one)
	}
	return list
}

func accountAct(p *tenantPart, x *register.Act) report.AccountAct {
	a := &p.c.Activities[x.Row]
	text := func(s activity.Symbol) report.Text { return report.Text(report.Clean(p.c.Text(s))) }
	out := report.AccountAct{
		Type: a.Type.String(), Op: text(a.Op), What: report.Text(report.Clean(x.What)), Group: report.Text(report.Clean(x.Group)), By: text(a.Actor),
		Evidence: p.citation(x.Row),
	}
	if a.Type == activity.PermissionChange {
		out.On = text(a.Mailbox)
	}
	return out
}

// eachChange yields the rows of those changes.
func eachChange(p *tenantPart, yield func(row uint32)) {
	for i := range p.Result.Accounts {
		if x := &p.Result.Accounts[i]; p.Filter.mailbox(x.Name) {
			for k := range x.Acts {
				yield(x.Acts[k].Row)
			}
		}
	}
}
