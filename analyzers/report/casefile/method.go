package casefile

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// methodView is chapter 14.
type methodView struct {
	Lang       phrase.Language // of the table of exhibits
	Lines      []string
	Packs      []pair
	Geo        []pair
	NotRun     []notRun
	NotMore    int
	Attack     []techniqueRow
	Exhibits   []exhibit
	ExhibMore  int
	Coverage   []covered
	CovMore    int
	Identities []identity
	IdMore     int
	Words      []pair
}

// notRun is why some rules could not judge.
type notRun struct{ Rules, About, Why string }

type techniqueRow struct {
	ID, Name string
	Count    int
}

// covered is one kind of log.
type covered struct{ Source, Mailboxes, Span, Gaps string }

type identity struct {
	Account, Name, Why string
	Rows               refs
}

// methodPage makes chapter 14.
type methodPage struct{ *book }

func (b methodPage) method() methodView {
	v := methodView{Lang: phrase.English, Words: glossary(), Attack: b.attack()}
	v.Lines = []string{
		"Each act has one label: owner, intruder, undecided or service. Points tell how grave an act is, never whose it is.",
		"A finding is worth its level’s points times its confidence. A mailbox’s score is what its findings add up to, each further rule of one family counting half, from 0 to 100: from 85 on it is critical, from 65 high, from 40 medium, from 15 low.",
		"As of " + written(b.r.AsOf) + ": deadlines are counted from that day. All times are UTC. Nothing was asked of any service, and nothing was changed.",
	}
	for i := range b.r.Packs {
		p := &b.r.Packs[i]
		v.Packs = append(v.Packs, pair{cell(p.ID) + " " + cell(p.Version), cell(p.SHA256)})
	}
	v.Packs = append(v.Packs, pair{"rules in force", cell(b.r.EffectiveRulesSHA256)})
	for i := range b.r.Geo {
		g := &b.r.Geo[i]
		v.Geo = append(v.Geo, pair{cell(g.Database) + ", " + written(g.Built) + ", " + cell(g.Source), strings.TrimSpace(text(g.Attribution) + " " + cell(g.SHA256))})
	}
	b.notRun(&v)
	if all := b.exhibits(); len(all) > mostExhibits {
		v.Exhibits = all[:min(len(all), mostInputs)]
		v.ExhibMore = len(all) - len(v.Exhibits)
	}
	b.covered(&v)
	for i := range b.r.Identities {
		if len(v.Identities) == 100 {
			v.IdMore = len(b.r.Identities) - 100
			break
		}
		n := &b.r.Identities[i]
		v.Identities = append(v.Identities, identity{cell(n.Account), cell(n.Name), sentence(text(n.Why)), b.one(n.Evidence)})
	}
	v.IdMore += b.r.IdentitiesMore
	return v
}

// notRun puts rules together that could not judge for the same reason.
func (b methodPage) notRun(v *methodView) {
	type key struct{ why, name string }
	seen := map[key]bool{}
	boxes, rules := map[string][]string{}, map[string][]string{}
	var order []string
	for i := range b.r.NotEvaluated {
		n := &b.r.NotEvaluated[i]
		if _, ok := rules[n.Reason]; !ok {
			order = append(order, n.Reason)
		}
		if rule := (key{n.Reason, "rule " + n.Rule}); !seen[rule] {
			seen[rule] = true
			rules[n.Reason] = append(rules[n.Reason], n.Rule)
		}
		if box := (key{n.Reason, "box " + string(n.Mailbox)}); n.Mailbox != "" && !seen[box] {
			seen[box] = true
			boxes[n.Reason] = append(boxes[n.Reason], string(n.Mailbox))
		}
	}
	for _, why := range order[:min(len(order), mostListed)] {
		v.NotRun = append(v.NotRun, notRun{words(rules[why], 12), or(words(boxes[why], 6), "all"), sentence(text(why))})
	}
	v.NotMore = len(order) - len(v.NotRun)
}

func (b methodPage) covered(v *methodView) {
	type sum struct {
		boxes, gaps int
		first, last report.Time
	}
	by := map[string]*sum{}
	var order []string
	for i := range b.r.Coverage {
		c := &b.r.Coverage[i]
		s := by[c.Source]
		if s == nil {
			s = &sum{}
			by[c.Source], order = s, append(order, c.Source)
		}
		s.boxes++
		s.gaps += len(c.Gaps) + c.GapsMore
		if isKnown(c.First) && (s.first == 0 || c.First < s.first) {
			s.first = c.First
		}
		s.last = max(s.last, c.Last)
	}
	slices.Sort(order)
	for _, source := range order {
		s := by[source]
		v.Coverage = append(v.Coverage, covered{sentenceCase(cell(source)), report.Grouped(s.boxes), b.lasted(s.first, s.last), plural(s.gaps, "stretch of three days or more without a row", "stretches of three days or more without a row")})
	}
}

// attack are the techniques that findings speak of, by number.
func (b methodPage) attack() (out []techniqueRow) {
	counts := map[string]int{}
	for i := range b.r.Findings {
		if b.r.Findings[i].Suppressed != nil {
			continue
		}
		for _, id := range b.r.Findings[i].Attack {
			counts[id]++
		}
	}
	for id, n := range counts {
		out = append(out, techniqueRow{cell(id), techniqueName(id), n})
	}
	slices.SortFunc(out, func(x, y techniqueRow) int { return cmp.Compare(x.ID, y.ID) })
	return out[:min(len(out), 60)]
}

// techniqueName is what ATT&CK (enterprise, v17) calls a technique; "" for one that core rules do not name.
func techniqueName(id string) string {
	for line := range strings.Lines(techniques) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), id+" "); ok {
			return name
		}
	}
	return ""
}

const techniques = `T1020 Automated Exfiltration
T1036 Masquerading
T1036.005 Match Legitimate Resource Name or Location
T1048 Exfiltration Over Alternative Protocol
T1059 Command and Scripting Interpreter
T1069.003 Cloud Groups
T1070 Indicator Removal
T1070.008 Clear Mailbox Data
T1071.003 Mail Protocols
T1078 Valid Accounts
T1078.004 Cloud Accounts
T1087 Account Discovery
T1087.003 Email Account
T1087.004 Cloud Account
T1090 Proxy
T1090.003 Multi-hop Proxy
T1098 Account Manipulation
T1098.001 Additional Cloud Credentials
T1098.002 Additional Email Delegate Permissions
T1098.003 Additional Cloud Roles
T1098.005 Device Registration
T1110 Brute Force
T1110.001 Password Guessing
T1110.003 Password Spraying
T1110.004 Credential Stuffing
T1114 Email Collection
T1114.002 Remote Email Collection
T1114.003 Email Forwarding Rule
T1133 External Remote Services
T1136 Create Account
T1136.003 Cloud Account
T1137 Office Application Startup
T1137.005 Outlook Rules
T1185 Browser Session Hijacking
T1199 Trusted Relationship
T1204 User Execution
T1204.001 Malicious Link
T1204.002 Malicious File
T1213 Data from Information Repositories
T1213.002 SharePoint
T1484 Domain or Tenant Policy Modification
T1484.002 Trust Modification
T1528 Steal Application Access Token
T1482 Domain Trust Discovery
T1530 Data from Cloud Storage
T1531 Account Access Removal
T1534 Internal Spearphishing
T1539 Steal Web Session Cookie
T1550.001 Application Access Token
T1550.004 Web Session Cookie
T1552 Unsecured Credentials
T1556 Modify Authentication Process
T1556.006 Multi-Factor Authentication
T1556.009 Conditional Access Policies
T1557 Adversary-in-the-Middle
T1562 Impair Defenses
T1562.001 Disable or Modify Tools
T1562.008 Disable or Modify Cloud Logs
T1564.008 Email Hiding Rules
T1566 Phishing
T1566.001 Spearphishing Attachment
T1566.002 Spearphishing Link
T1567 Exfiltration Over Web Service
T1583.001 Domains
T1586.002 Email Accounts
T1589 Gather Victim Identity Information
T1621 Multi-Factor Authentication Request Generation
T1656 Impersonation
T1657 Financial Theft`

// glossary are the words of the file that a lawyer may not know.
func glossary() []pair {
	return []pair{
		{"Proven", "A row shows the act."},
		{"Presumed", "A row shows an act that includes it: a folder that was synchronised includes its messages."},
		{"Contested", "Only acts name it that may be the owner’s."},
		{"Not known", "The rows that would show it are missing, or would not record it."},
		{"Intruder", "Somebody other than the owner, known by acts that hang together: by session, address, or what was made there. A, B, … in the order of the first act."},
		{"Undecided", "Nothing tells the owner from an intruder. Ask the owner."},
		{"Visit", "The acts of one account from one line, in one session, with one program."},
		{"Targeted", "Tried or written to, without a sign of access."},
		{"No sign", "This evidence shows nothing. It does not mean clean."},
		{"Exhibit", "One file of the evidence. E1:229 is line 229 of exhibit 1."},
		{"Strangeness", "How unlike the account’s usual places a place is, from 0 to 5."},
		{"Session", "What a service gives out after a sign-in; who holds it needs no password."},
		{"Data lost", "Records that are known to be missing from an export."},
	}
}
