package ordinary

import (
	"fmt"
	"time"
)

// live is one day of a person.
func (p *person) live(w *world, day int) {
	if day < p.joins || day >= p.leaves {
		return
	}
	p.changes(w, day)
	if (weekend(day) && !w.chance(0.15)) || w.chance(0.06) {
		if w.chance(0.5) { // a look at the phone
			p.read(w, p.onPhone(w, day, 10+8*w.random.Float64()), p.phone.client, w.between(1, 3))
		}
		return
	}
	p.phoneDay(w, day)
	p.computerDay(w, day)
	p.oddities(w, day)
}

// here is where the person's computer is on a day.
func (p *person) here(w *world, day int) place {
	switch {
	case p.away(day):
		return p.where[0]
	case w.chance(p.homeDays):
		return p.home
	default:
		return p.office
	}
}

func (p *person) onPhone(w *world, day int, hour float64) act {
	from := p.mobile
	if p.away(day) {
		from = p.where[1]
	} else if w.chance(0.4) {
		from = p.home
	}
	if p.phoneSession == "" || w.chance(0.02) {
		p.phoneSession = w.guid()
	}
	return act{at: w.at(day, hour), who: p, ip: from.visit(w), agent: p.phone.agent, session: p.phoneSession, system: p.phone.system}
}

func (p *person) phoneDay(w *world, day int) {
	for range w.some(2) {
		a := p.onPhone(w, day, 7+15*w.random.Float64())
		if w.chance(0.15) {
			w.signIn(a, p.phone.app, 0, map[string]any{"clientAppUsed": "Mobile Apps and Desktop clients", "isInteractive": false})
		}
		p.read(w, a, p.phone.client, w.between(1, 4))
	}
}

// onComputer is an act at the computer. Its session lives for weeks, on a laptop at home as in the office.
func (p *person) onComputer(w *world, day int, hour float64, from place) act {
	if p.session == "" || day-p.sessionDay > 14 && w.chance(0.3) {
		p.session, p.sessionDay = w.guid(), day
	}
	return act{
		at: w.at(day, hour), who: p, ip: from.visit(w), agent: browser(p.family, day/7), session: p.session, device: p.computer.id, system: p.computer.system,
	}
}

func (p *person) computerDay(w *world, day int) {
	from := p.here(w, day)
	starts := 7.5 + 2*w.random.Float64()
	a := p.onComputer(w, day, starts, from)
	if w.chance(0.08) { // a slip of the keyboard
		w.signIn(a, "Office 365 Exchange Online", 50126, nil)
		a.at = a.at.Add(20 * time.Second)
	}
	if w.chance(0.5) {
		w.signIn(a, "Office 365 Exchange Online", 0, nil)
	}
	for range w.some(p.volume) {
		at := p.onComputer(w, day, starts+9*w.random.Float64(), from)
		switch draw := w.random.Float64(); {
		case draw < 0.45:
			client := p.computer.client
			if w.chance(0.35) {
				client = "Client=OWA;Action=ViaProxy"
			}
			p.read(w, at, client, w.between(1, 12))
		case draw < 0.55:
			p.send(w, at, 1)
		case draw < 0.7:
			op := pick(w, []string{"MoveToDeletedItems", "SoftDelete", "Move", "HardDelete"})
			w.exchange(at, op, "Client=OWA;"+at.agent, map[string]any{"AffectedItems": []any{w.message(p, "Inbox")}})
		case draw < 0.8:
			w.file(at, pick(w, []string{"FileAccessed", "FileModified", "FileDownloaded", "FilePreviewed"}), fmt.Sprintf("report-%d.xlsx", w.random.IntN(400)))
		case draw < 0.88:
			p.search(w, at)
		default:
			w.exchange(at, "MailItemsAccessed", p.computer.client, map[string]any{
				"OperationProperties": []any{map[string]any{"Name": "MailAccessType", "Value": "Sync"}, map[string]any{"Name": "IsThrottled", "Value": "False"}},
				"Item":                map[string]any{"Id": "LgAAAA", "ParentFolder": map[string]any{"Path": "\\Inbox", "Name": "Inbox"}},
			})
		}
	}
}

// read is a MailItemsAccessed of some messages.
func (p *person) read(w *world, a act, client string, n int) {
	items := []any{}
	for range n {
		items = append(items, map[string]any{"InternetMessageId": "<" + w.guid() + "@mail.example>"})
	}
	w.exchange(a, "MailItemsAccessed", client, map[string]any{
		"RecordType": 50, "OperationCount": n, "Folders": []any{map[string]any{"Path": "\\Inbox", "FolderItems": items}},
		"OperationProperties": []any{map[string]any{"Name": "MailAccessType", "Value": "Bind"}, map[string]any{"Name": "IsThrottled", "Value": "False"}},
	})
}

func (w *world) message(p *person, folder string) map[string]any {
	return map[string]any{
		"Id": "RgAAAA" + w.guid(), "InternetMessageId": "<" + w.guid() + "@contoso.com>", "Subject": pick(w, subjects()),
		"ParentFolder": map[string]any{"Path": "\\" + folder}, "SizeInBytes": w.between(3000, 90_000),
	}
}

func subjects() []string {
	return []string{
		"Re: project plan", "Invoice 4711", "Reminder: invoice 4698", "Lunch on Thursday", "Minutes of Monday", "Your order 20418", "Holiday calendar",
		"Contract draft", "Payment terms", "New parking rules", "Password expires soon", "Budget 2026", "Bank holiday",
	}
}

func (p *person) send(w *world, a act, n int) {
	for range n {
		a.at = a.at.Add(time.Duration(w.between(2, 40)) * time.Second)
		w.exchange(a, "Send", "Client=OWA;"+a.agent, map[string]any{"Item": w.message(p, "Sent Items")})
	}
}

func (p *person) search(w *world, a act) {
	terms := []string{"invoice", "project plan", "wifi password", "parking", "contract", "holiday", "bank details", "payment", "vpn", "offsite", "salary", "receipt"}
	w.exchange(a, "SearchQueryInitiatedExchange", "Client=OWA;"+a.agent, map[string]any{"QueryText": pick(w, terms), "RecordType": 2})
}
