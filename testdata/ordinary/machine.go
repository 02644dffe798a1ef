package ordinary

import "fmt"

// machines are what programs and devices do each day: scanners and copiers by SMTP and IMAP, meeting rooms, a helpdesk that
// fetches mail from a rented server, a backup.
func (w *world) machines(day int) {
	scanner, copier, room, rented, backup, desk := w.things[0], w.things[1], w.things[2+day%2], internetLine{block: "138.201.77", last: 12}, w.things[4], w.things[5]
	at := func(p *person, from internetLine, hour float64, agent string) act {
		return act{at: w.at(day, hour), who: p, ip: from.visit(w, day), agent: agent, none: true}
	}
	office := sites()[0].lines[0]
	for _, box := range w.shared {
		box.receives(w, day)
	}
	n := 4
	if weekend(day) {
		n = 1
	}
	for i := range n {
		a := at(scanner, office, 7+2.2*float64(i), "BAV2ROPC")
		w.signIn(a, entry{app: "Office 365 Exchange Online", appID: exchangeOnline, client: "Authenticated SMTP", single: true, protocol: "ropc"})
		w.sends(a, "Client=SMTP;Protocol=SMTP", "Scan from the second floor", []*person{pick(w, w.people)}, nil, nil)
		b := at(copier, office, 6.5+2.7*float64(i), "BAV2ROPC")
		w.signIn(b, entry{app: "Office 365 Exchange Online", appID: exchangeOnline, client: "IMAP4", single: true, protocol: "ropc"})
		w.syncs(b, "Client=POP3/IMAP4;Protocol=IMAP4")
	}
	for i := range 6 { // the helpdesk's program, on its maker's server
		a := at(desk, rented, 4*float64(i)+0.3, "BAV2ROPC")
		w.signIn(a, entry{app: "Office 365 Exchange Online", appID: exchangeOnline, client: "IMAP4", single: true, protocol: "ropc", silent: true})
		w.syncs(a, "Client=POP3/IMAP4;Protocol=IMAP4")
	}
	if day%15 == 2 { // somebody sets up a meeting room again
		w.signIn(at(room, office, 8.2, browser(edge, day/7)), entry{app: "Microsoft Teams Rooms", appID: teams, client: "Mobile Apps and Desktop clients", protocol: "deviceCode"})
	}
	if !weekend(day) {
		w.signIn(at(room, office, 5, "Microsoft Teams Rooms/5.3"), entry{app: "Microsoft Teams", appID: teams, client: "Mobile Apps and Desktop clients", silent: true, single: true, protocol: "ropc"})
		w.reads(at(room, office, 9, ""), "Client=REST;Client=RESTSystem;;", 2)
	}
	a := at(backup, office, 1.5, "python-requests/2.31")
	w.signIn(a, entry{app: "Microsoft Graph Command Line Tools", appID: graphShell, client: "Mobile Apps and Desktop clients", silent: true, single: true})
}

// internet is its daily tries at the tenant's accounts, those that exist and those that do not, none of which succeeds.
func (w *world) internet(day int) {
	w.noise = true
	defer func() { w.noise = false }()
	for range w.between(1, 5) {
		from := internetLine{block: fmt.Sprintf("%d.%d.%d", pick(w, []int{45, 46, 77, 91, 103, 141, 176, 185, 193, 194}), w.between(1, 250), w.between(1, 250)), last: w.between(1, 250)}
		spread := w.chance(0.3) // from another address each time
		a := act{at: w.at(day, 20*w.random.Float64()), agent: pick(w, []string{"python-requests/2.31", "BAV2ROPC", "axios/1.7.2", browser(chrome, 0)})}
		e := entry{app: pick(w, []string{"Azure Active Directory PowerShell", "Office 365 Exchange Online"}), appID: "1b730954-1685-4b74-9bfd-dac224a7b894", client: pick(w, []string{"Other clients", "IMAP4", "Authenticated SMTP"}), single: true}
		for range w.between(1, 10) {
			a.at = w.later(a.at, 1, 2500)
			if spread {
				from.block = fmt.Sprintf("%d.%d.%d", w.between(45, 190), w.between(1, 250), w.between(1, 250))
			}
			a.ip, a.who, e.name = from.visit(w, day), pick(w, w.people), ""
			switch draw := w.random.Float64(); {
			case draw < 0.4:
				e.code, e.name = 50034, pick(w, []string{"admin", "test", "sales", "office", "reception", "scan", "fax", "hr", "finance", "john.smith"})+"@contoso.com"
				a.who = &person{address: e.name, object: "00000000-0000-0000-0000-000000000000"}
			case !a.who.employed(day):
				e.code = 50057
			case draw < 0.5:
				e.code = 50053
			default:
				e.code = 50126
			}
			w.signIn(a, e)
		}
	}
}
