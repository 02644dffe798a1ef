// Package register holds what was done to accounts by others: roles, rights, resets, group memberships, accounts made. Who
// did nothing himself is in no timeline, and yet the account that an intruder made or raised is one of the first things that a
// responder asks for.
package register

import (
	"cmp"
	"slices"
	"strings"

	"triage/ingest/account"
	"triage/ingest/activity"
)

// Account is one account that somebody changed.
type Account struct {
	Name       string
	Activities int   // its own acts
	First      int64 // of its own acts, in milliseconds since 1970 UTC; 0, 0: it did nothing itself
	Last       int64
	Acts       []Act // what was done to it, oldest first; at most MaxActs, roles and rights before all else
	More       int   // acts beyond those
}

// Act is one change of an account.
type Act struct {
	Row uint32 // index into Case.Activities
	// What is the role, right, group or application that the record names; "" where it names none.
	What string
	// Group is the group through which the account has it: a right given to a group is given to its members; "" for none.
	Group string
}

// Bounds of what is kept: an account may be changed every hour for years, and whoever was made an administrator must not be hidden
// by changing him often. Of a group with more members a right is told of the group alone.
const (
	MaxActs     = 50
	maxAccounts = 10_000
	maxMembers  = 1_000
)

// Of lists the accounts of a case that somebody else changed, or that changed their own rights, in order of name, and how
// many more there are than are listed.
func Of(c *activity.Case) (list []Account, more int) {
	types := []activity.Type{activity.RoleChange, activity.PermissionChange, activity.CredentialChange, activity.AccountChange}
	if !slices.ContainsFunc(types, func(t activity.Type) bool { return len(c.OfType(t)) > 0 }) {
		return nil, 0
	}
	r := &registerReading{c: c, names: account.NamesOf(c), by: map[string]*kept{}, groups: map[string]map[string]bool{}}
	for i := range c.Activities {
		if a := &c.Activities[i]; slices.Contains(types, a.Type) && a.Lane != activity.System && a.Result != activity.Failure {
			r.take(a, uint32(i))
		}
	}
	r.own()
	for _, one := range r.by {
		list = append(list, one.account())
	}
	slices.SortFunc(list, func(x, y Account) int { return cmp.Compare(x.Name, y.Name) })
	most := min(len(list), maxAccounts)
	return list[:most:most], len(list) - most
}

// registerReading is what is read of a case. Activities come oldest first.
type registerReading struct {
	c      *activity.Case
	names  *account.Names
	by     map[string]*kept
	groups map[string]map[string]bool // the members of each, as far as the log shows that they joined and did not leave
}

// kept is what is kept of an account.
type kept struct {
	Account
	grave, other []Act // each oldest first
}

func (k *kept) account() Account {
	k.Acts = append(k.grave, k.other[:min(len(k.other), MaxActs-len(k.grave))]...)
	k.More += len(k.grave) + len(k.other) - len(k.Acts)
	slices.SortFunc(k.Acts, func(x, y Act) int { return cmp.Or(cmp.Compare(x.Row, y.Row), cmp.Compare(x.Group, y.Group)) })
	return k.Account
}

func (r *registerReading) take(a *activity.Activity, row uint32) {
	what := r.what(a)
	targets := r.targets(a)
	for _, name := range targets {
		r.add(name, a.Type, Act{Row: row, What: what})
		if members := r.groups[strings.ToLower(name)]; len(members) <= maxMembers {
			for member := range members {
				r.add(member, a.Type, Act{Row: row, What: what, Group: name})
			}
		}
	}
	if a.Type == activity.AccountChange && what != "" {
		r.membership(strings.ToLower(r.c.Text(a.Op)), strings.ToLower(what), targets)
	}
}

// membership follows who joined and who left a group.
func (r *registerReading) membership(op, group string, members []string) {
	switch {
	case strings.HasPrefix(op, "add member to group"):
		if r.groups[group] == nil {
			r.groups[group] = map[string]bool{}
		}
		for _, m := range members {
			r.groups[group][m] = true
		}
	case strings.HasPrefix(op, "remove member from group"):
		for _, m := range members {
			delete(r.groups[group], m)
		}
	}
}

func (r *registerReading) add(name string, kind activity.Type, act Act) {
	one := r.by[name]
	if one == nil {
		one = &kept{Account: Account{Name: name}}
		r.by[name] = one
	}
	to := &one.other
	if kind == activity.RoleChange || kind == activity.PermissionChange {
		to = &one.grave
	}
	if len(*to) < MaxActs {
		*to = append(*to, act)
	} else {
		one.More++
	}
}

// targets are the accounts that a record changes: those that it names as such, else the mailbox if it is not the actor's own.
func (r *registerReading) targets(a *activity.Activity) []string {
	var list []string
	put := func(text string) {
		name := r.names.Account(text)
		if a.Type != activity.PermissionChange && !strings.Contains(name, "@") {
			return // a role, a device, an application
		}
		if name != "" {
			list = append(list, name)
		}
	}
	for d := range r.c.Details(a) {
		if d.Key == activity.KeyOf(activity.FieldTarget) {
			for text := range strings.FieldsFuncSeq(r.c.Text(d.Value), func(c rune) bool { return c == ';' }) {
				put(text)
			}
		}
	}
	if len(list) == 0 && (a.Mailbox != a.Actor || a.Type == activity.RoleChange) {
		put(r.c.Text(a.Mailbox))
	}
	if len(list) == 0 && a.Type != activity.PermissionChange {
		if object := r.c.Text(r.c.Get(a, activity.FieldObject)); strings.Contains(object, "@") {
			put(object)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// what is the role, right or group that a record names.
func (r *registerReading) what(a *activity.Activity) string {
	names := []string{"role.displayname", "role", "roles", "group.displayname", "accessrights"}
	if a.Type == activity.AccountChange {
		names = []string{"group.displayname"}
	}
	for _, name := range names {
		if sym := r.c.Symbols.Find("params." + name); sym != 0 {
			if value, ok := r.c.Lookup(a, activity.DynamicKey(sym)); ok && r.c.Text(value) != "" {
				return r.c.Text(value)
			}
		}
	}
	return ""
}

// own counts what the accounts did themselves.
func (r *registerReading) own() {
	by := map[activity.Symbol]*Account{}
	for name, one := range r.by {
		if sym := r.c.Symbols.Find(name); sym != 0 {
			by[sym] = &one.Account
		}
	}
	if len(by) == 0 {
		return
	}
	for i := range r.c.Activities {
		a := &r.c.Activities[i]
		one := by[a.Actor]
		if one == nil {
			continue
		}
		one.Activities++
		if a.Flags&activity.Undated != 0 {
			continue
		}
		if one.First == 0 || a.Time < one.First {
			one.First = a.Time
		}
		one.Last = max(one.Last, a.Time)
	}
}
