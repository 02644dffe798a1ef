package casefile

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/figure"
)

// placesView is chapter 5.
type placesView struct {
	Map       []picture // one, or none
	NoMap     string
	Count     int
	Rows      []placeRow
	More      int
	Undecided int // visits beyond those listed
	Shared    string
	Keep      string
	Sets      []placeSet // sessions, programs and applications of each intruder
	Empty     string
}

type placeRow struct {
	Who        who
	Address    string
	Client     string
	Net, Class string
	Seen       string
	Mailbox    string
	Why        string
	Rows       refs
}

type placeSet struct {
	Title string
	List  []pair
}

// placePage makes chapter 5.
type placePage struct{ *book }

func (b placePage) places() placesView {
	v := placesView{}
	for i := range b.r.Intruders {
		x := &b.r.Intruders[i]
		v.Count += len(x.Addresses) + x.AddressesMore
		v.More += x.AddressesMore
		for k := range x.Addresses {
			if len(v.Rows) == mostAddresses {
				v.More++
				continue
			}
			v.Rows = append(v.Rows, b.place(x, &x.Addresses[k]))
		}
		if len(v.Sets) < mostCards {
			v.Sets = append(v.Sets, b.instruments(x))
		}
	}
	world := figure.Map(b.r, b.options())
	if p, ok := pictureOf(world); ok {
		v.Map = []picture{p}
	} else {
		v.NoMap = short(world.Empty, textRunes)
	}
	b.undecided(&v)
	b.shared(&v)
	if len(b.r.Intruders) == 0 {
		v.Empty = "No address is attributed to an intruder. " + plural(len(b.r.Addresses), "address was", "addresses were") + " looked at."
	}
	return v
}

// place is one address of an intruder, with the reasons of the visits from there.
func (b placePage) place(x *report.Intruder, a *report.IntruderAddress) placeRow {
	row := placeRow{
		Who: whoOf("attacker", report.Text(x.Intruder)), Address: cell(a.IP), Net: networkWords(a.Country, a.Org, ""), Class: classOf(string(a.Class)), Seen: b.lasted(a.First, a.Last),
	}
	var why []string
	var rows []report.Citation
	more := 0
	for i := range b.r.Presences {
		p := &b.r.Presences[i]
		if p.Label != "attacker" || string(p.Intruder) != x.Intruder || p.Tenant != x.Tenant || !slices.Contains(p.IPs, a.IP) {
			continue
		}
		if row.Client == "" && len(p.Agents) > 0 {
			row.Client = program(p.Agents[0])
		}
		if !strings.Contains(row.Mailbox, p.Mailbox) {
			row.Mailbox = p.Mailbox
		}
		for k := range p.Reasons {
			if rows == nil {
				rows, more = p.Reasons[k].Evidence, p.Reasons[k].More
			}
			why = add(why, b.inWords(p.Reasons[k].Text))
		}
		for _, s := range p.StrangeWhy {
			why = add(why, withoutPoints(s))
		}
	}
	if len(why) == 0 {
		for k := range x.Reasons {
			if strings.Contains(x.Reasons[k].Text, a.IP) {
				why, rows, more = add(why, b.inWords(x.Reasons[k].Text)), x.Reasons[k].Evidence, x.Reasons[k].More
			}
		}
	}
	row.Mailbox = cell(row.Mailbox)
	row.Why = reasons(why)
	row.Rows = b.cite(rows, more)
	return row
}

// add adds what is not there yet.
func add(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// reasons are up to five reasons as one text.
func reasons(list []string) string {
	const most = 5
	var out []string
	for _, s := range list[:min(len(list), most)] {
		out = append(out, short(s, 240))
	}
	text := strings.Join(out, "; ")
	if n := len(list) - most; n > 0 {
		text += "; and " + report.Grouped(n) + " more"
	}
	return sentence(text)
}

// withoutPoints is a sign of strangeness without what it counts: "country NG is new".
func withoutPoints(s string) string {
	if at := strings.LastIndex(s, " +"); at > 0 && strings.Trim(s[at+2:], "0123456789.") == "" {
		return s[:at]
	}
	return s
}

// instruments are the things that an intruder used beside addresses.
func (b placePage) instruments(x *report.Intruder) placeSet {
	set := placeSet{Title: "Intruder " + cell(x.Intruder)}
	add := func(name string, list []string, most, more int) {
		if len(list) > 0 {
			n := min(len(list), most)
			text := words(list[:n], n)
			if left := len(list) - n + more; left > 0 {
				text += " and " + report.Grouped(left) + " more"
			}
			set.List = append(set.List, pair{name, text})
		}
	}
	add("Sessions", x.Sessions, 3, x.SessionsMore)
	add("Programs", x.Agents, 4, x.AgentsMore)
	add("Applications", x.Apps, 6, x.AppsMore)
	add("Ways in", x.Methods, 6, 0)
	return set
}

// undecided adds the visits of which nothing tells whose they were.
func (b placePage) undecided(v *placesView) {
	shown := 0
	var list []*report.Presence
	for i := range b.r.Presences {
		if b.r.Presences[i].Label == "undecided" && (len(b.r.Presences[i].IPs) > 0 || len(b.r.Presences[i].StrangeWhy) > 0) {
			list = append(list, &b.r.Presences[i])
		}
	}
	strange := func(p *report.Presence) float64 {
		if p.Strangeness == nil {
			return 0
		}
		return *p.Strangeness
	}
	slices.SortStableFunc(list, func(x, y *report.Presence) int { return cmp.Compare(strange(y), strange(x)) })
	seen := map[string]bool{}
	for _, p := range list {
		if at := p.Mailbox + " " + string(p.Line); p.Line != "" && seen[at] {
			v.Undecided++
			continue
		} else {
			seen[at] = true
		}
		if shown == mostUndecided {
			v.Undecided++
			continue
		}
		shown++
		row := placeRow{Who: whoOf("undecided", ""), Address: "not recorded", Seen: b.lasted(p.First, p.Last), Mailbox: cell(p.Mailbox)}
		class := ""
		if len(p.IPs) > 0 {
			row.Address = cell(p.IPs[0])
			for i := range b.r.Addresses {
				if a := &b.r.Addresses[i]; a.IP == p.IPs[0] {
					class = string(a.Class)
					row.Net, row.Class = networkWords(a.Country, a.Org, ""), classOf(class)
					break
				}
			}
		}
		if len(p.Agents) > 0 {
			row.Client = program(p.Agents[0])
		}
		var why []string
		for _, s := range p.StrangeWhy {
			why = add(why, withoutPoints(s))
		}
		for k := range p.Reasons {
			why = add(why, b.inWords(p.Reasons[k].Text))
			row.Rows = b.cite(p.Reasons[k].Evidence, p.Reasons[k].More)
		}
		row.Why = reasons(why)
		if len(why) == 0 {
			row.Why = "Nothing is known of the place."
		}
		row.Why += " " + whomToAsk(class)
		v.Rows = append(v.Rows, row)
	}
	v.Undecided += b.r.PresencesMore.Undecided
}

// whomToAsk says who may know whose an undecided visit was. Of Microsoft's own addresses no owner knows anything.
func whomToAsk(class string) string {
	switch class {
	case "ms_service":
		return "It came through Microsoft's service: the record does not show whose act it was."
	case "azure_cloud":
		return "It is in Microsoft's cloud: a service of theirs, or a machine that anybody can rent."
	}
	return "Ask the owner."
}

// shared says what of it owners use as well, and what must not be blocked.
func (b placePage) shared(v *placesView) {
	shared := b.factsOf("where", "shared")
	if len(b.r.Intruders) > 0 {
		v.Shared = "Shared with owners: no address."
		if len(shared) > 0 {
			v.Shared = "Shared with owners, so not to be blocked: " + words(shared, 8) + "."
		}
	}
	visits := map[string]int{}
	var keep []string
	for i := range b.r.Presences {
		p := &b.r.Presences[i]
		if p.Label == "owner" && len(b.intruders[owner{p.Mailbox, p.Tenant}]) > 0 {
			for _, ip := range p.IPs {
				if visits[ip]++; visits[ip] == 1 {
					keep = append(keep, ip)
				}
			}
		}
	}
	slices.SortStableFunc(keep, func(x, y string) int { return cmp.Compare(visits[y], visits[x]) })
	if len(keep) > 0 {
		v.Keep = "Not to be blocked: owners of taken accounts come from " + words(keep, 4) + "."
	}
}
