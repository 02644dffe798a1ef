package rules

import (
	"fmt"
	"strconv"
	"strings"

	"triage/rules/yamltext"
)

// Starter is what the text of a new pack of an engagement says. Of what is empty it shows, as a comment, how it is said.
type Starter struct {
	Path      string // of the file: its id is made of it
	Before    []Pack // that it is laid over
	About     string // the first line: what the pack is for
	Case      CaseData
	Domains   []Suggestion // the client's own
	Countries []Suggestion // where its people work from
	Gateways  []Suggestion // its own ways out: addresses and networks
}

// Suggestion is a value that a case suggests.
type Suggestion struct {
	Mailbox string // of which alone it is said, of a country; "" of everybody
	Value   string
	Why     string // what was seen of it: one line
}

// NewStarter is the text of a new pack of an engagement.
func NewStarter(s Starter) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n%s", oneLine(s.About), NewOverlay(s.Path, s.Before))
	b.WriteString("\n# What the head of the report says.\n")
	if head := caseYAML(s.Case); len(head.Content) > 0 {
		root := mapping()
		yamltext.Add(root, "case", head)
		b.Write(yamltext.Encode(root))
	} else {
		b.WriteString("#case: {name: 2026-014, client: Contoso Ltd, analyst: J. Doe, tlp: AMBER}\n")
	}
	b.WriteString("\n# The client's own domains.\n")
	suggest(&b, "lists:\n  internal_domains:\n    append:\n", "    - ", s.Domains, "#lists:\n#  internal_domains: {append: [contoso.com]}\n")
	b.WriteString("\n# Where its people work from, whatever the days show.\n")
	suggest(&b, "home:\n", "- ", s.Countries, "#home: [NL]\n")
	b.WriteString("\n# Its own ways out: gateways and proxies, which make nobody an intruder.\n")
	suggest(&b, "egress:\n", "- ", s.Gateways, "#egress: [198.51.100.0/24]\n")
	b.WriteString(`
# Journeys that the client confirmed.
#travel:
#- {mailbox: cfo@contoso.com, country: SG, from: 2026-03-02, to: 2026-03-09, reason: "booked, the client 2026-03-11"}

# Whose a place is, as far as it is known.
#attacker:
#- {ips: [203.0.113.50], sessions: [], agents: [], apps: [], reason: seen by the bank, by: jd}
#owner:
#- {ips: [198.51.100.7], reason: the owner's own line, by: jd}

# What is expected in this case, and stays in the report at 0 points.
#exceptions:
#- {id: copier, rules: ["app.*"], where: {mailbox: office@contoso.com, app: POP3}, reason: the copier fetches mail, by: jd, expires: 2026-12-31}
`)
	return []byte(b.String())
}

// suggest writes values one a line with what was seen of them, or else how they would be said.
func suggest(b *strings.Builder, head, lead string, list []Suggestion, otherwise string) {
	if len(list) == 0 {
		b.WriteString(otherwise)
		return
	}
	b.WriteString(head)
	for _, s := range list {
		value := scalar(s.Value)
		if s.Mailbox != "" {
			value = "{mailbox: " + strconv.Quote(strings.ToValidUTF8(s.Mailbox, "\uFFFD")) + ", countries: " + value + "}"
		}
		fmt.Fprintf(b, "%s%s   # %s\n", lead, value, oneLine(s.Why))
	}
}

// scalar is a text as YAML on one line.
func scalar(text string) string {
	return strings.TrimSpace(string(yamltext.Encode(yamltext.NewText(text))))
}

// oneLine is a text that cannot leave the comment in which it stands.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
