package account

import (
	"strings"

	"triage/ingest/activity"
)

// Names tells the account that a text names which stands in a record beside mailbox and actor: the target of a role, the
// member of a group.
type Names struct {
	c     *activity.Case
	known *learned
}

// NamesOf knows what the accounts of a settled case are called.
func NamesOf(c *activity.Case) *Names {
	n := &Names{c, newRegister(c).learn()}
	for _, x := range c.Aliases {
		switch name := plain(c.Text(x.Name)); name.kind {
		case display:
			put(n.known.shown, name.text, x.Account)
		case id:
			put(n.known.id, name.text, x.Account)
		case short:
			put(n.known.local, name.text, x.Account)
		}
	}
	return n
}

// Account is the account that a text names: its address, else the text in its plain form, of which nobody knows whose it is. It
// is "" for a text that names an application, a device, everybody or nothing.
func (n *Names) Account(text string) string {
	one := plain(strings.ToLower(text))
	switch one.kind {
	case address, link:
		if full := n.known.proxies[one.text]; full != 0 {
			return n.c.Text(full)
		}
		return one.text
	case nobody, machine:
		return ""
	}
	if full, _ := n.known.account(&head{kind: one.kind, text: one.text}, strings.ToLower(text)); full != 0 {
		return n.c.Text(full)
	}
	switch one.text {
	case "everyone", "default", "anonymous", "none", "owner@local", "anonymous@local":
		return "" // what Exchange calls everybody and nobody
	}
	if one.kind == id {
		return ""
	}
	return one.text
}
