package activity

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// Alias is a name by which records call an account whose activities stand under another name.
type Alias struct {
	Account Symbol // the name that its log is known by
	Name    Symbol // as the records write it, in lower case
	Why     string // why it is this account
	Rows    int    // activities whose record has the name
	First   uint32 // index of the first of them in Case.Activities
}

// UnknownName is what a mailbox or actor is called of which no record says whose it is: the log names it by an alias, an id or
// a display name only, or several accounts have that name.
func UnknownName(text string) string { return unknownBefore + text + ")" }

const unknownBefore = "unknown ("

// IsUnknownName says whether a name is one of UnknownName's.
func IsUnknownName(name string) bool { return strings.HasPrefix(name, unknownBefore) }

// Called is one record's word for it that two names are one account's: it has both, and only the service can have written
// them ("MailboxOwnerUPN" and "MailboxGuid").
type Called struct {
	Account Symbol // a user principal name, as a rule; else another of the account's names
	Name    Symbol // an id, a security identifier, a legacy distinguished name, in lower case
}

// calls are what the records of a shard call accounts.
type calls struct {
	list []Called
	by   map[Symbol][]Symbol // the first names of each account, to find one without looking up its text
	all  map[Called]bool     // those of accounts with more
}

// fewNames is how many names of an account are looked through: nearly all have three.
const fewNames = 8

// Called says that the record at hand gives an account other names, too. Empty ones are none.
func (s *Shard) Called(account Symbol, names ...[]byte) {
	if account == 0 {
		return
	}
	known := s.called.by[account]
	for _, name := range names {
		if name = bytes.TrimSpace(name); len(name) == 0 {
			continue
		}
		s.lower = AppendLower(s.lower[:0], name)
		if slices.ContainsFunc(known, func(k Symbol) bool { return s.Symbols.Text(k) == string(s.lower) }) {
			continue
		}
		one := Called{account, s.Symbols.Intern(s.lower)}
		switch {
		case one.Name == account || s.called.all[one]:
			continue
		case len(known) < fewNames:
			if s.called.by == nil {
				s.called.by = map[Symbol][]Symbol{}
			}
			known = append(known, one.Name)
			s.called.by[account] = known
		default:
			if s.called.all == nil {
				s.called.all = map[Called]bool{}
			}
			s.called.all[one] = true
		}
		s.called.list = append(s.called.list, one)
	}
}

// call takes what a shard's records call accounts; renumber as in takeTexts.
func (b *Builder) call(s *Shard, renumber []Symbol) {
	for _, one := range s.called.list {
		if renumber != nil {
			one = Called{renumber[one.Account], renumber[one.Name]}
		}
		b.c.Called = append(b.c.Called, one)
	}
}

// eachOnce drops what several shards say.
func eachOnce(list []Called) []Called {
	slices.SortFunc(list, func(x, y Called) int { return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.Name, y.Name)) })
	return slices.Compact(list)
}

// called gives the part what is said of the accounts in it.
func (s *splitter) called(part *Case) {
	for _, one := range s.c.Called {
		if account := s.symbol[one.Account]; account != 0 {
			part.Called = append(part.Called, Called{account, part.Symbols.InternString(s.c.Text(one.Name))})
		}
	}
}
