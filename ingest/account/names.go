package account

import (
	"strings"

	"triage/ingest/activity"
)

// Names tells the account that a text names which stands in a record beside mailbox and actor: the target of a role, the
// member of a group.
type Names struct {
	by map[string]string // accounts by what else they are called; "" where two share a name
}

// NamesOf knows what the accounts of a settled case are called.
func NamesOf(c *activity.Case) *Names {
	n := &Names{by: map[string]string{}}
	seen := make([]bool, c.Symbols.Len())
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Lane != activity.Person || a.Type == activity.Logon && a.Result != activity.Success {
			continue
		}
		for _, sym := range [2]activity.Symbol{a.Mailbox, a.Actor} {
			if seen[sym] {
				continue
			}
			seen[sym] = true
			if full := c.Text(sym); isAddress(full) {
				local, _, _ := strings.Cut(full, "@")
				n.put(local, full)
			}
		}
	}
	for _, x := range c.Aliases {
		n.put(plain(c.Text(x.Name)).text, c.Text(x.Account))
	}
	return n
}

func (n *Names) put(name, full string) {
	if old, ok := n.by[name]; ok && old != full {
		full = ""
	}
	n.by[name] = full
}

// Account is the account that a text names: its address, else the text in its plain form, of which nobody knows whose it is. It
// is "" for a text that names an application, a device or nothing.
func (n *Names) Account(text string) string {
	one := plain(strings.ToLower(text))
	switch one.kind {
	case address, link:
		return one.text
	case nobody, machine:
		return ""
	}
	if full := n.by[one.text]; full != "" {
		return full
	}
	if one.kind == id {
		return ""
	}
	return one.text
}
