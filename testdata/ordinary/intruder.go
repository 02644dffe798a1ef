package ordinary

import (
	"fmt"
	"slices"
	"time"
)

// Kinds are the ways in which an intruder is hidden.
func Kinds() []string {
	return []string{"device-code", "replayed-session", "adversary-in-the-middle", "spray", "rented-line", "consent", "insider-right", "imap"}
}

// intrude hides one intruder. n counts them.
func (w *world) intrude(n int, kind string) {
	victim := w.people[(7+13*n+w.random.IntN(5))%len(w.people)]
	for victim.joins > 0 || victim.leaves < w.opts.Days || victim.kind == administrator {
		victim = pick(w, w.people)
	}
	w.tenant.Truth = append(w.tenant.Truth, Intruder{Kind: kind, Accounts: []string{victim.address}})
	w.actor = len(w.tenant.Truth)
	defer func() { w.actor = 0 }()
	day := w.between(0, 2)
	if !w.opts.FirstDay {
		day = w.between(w.opts.Days/3, w.opts.Days*2/3)
	}
	stays := pick(w, []time.Duration{10 * time.Minute, 3 * time.Hour, 50 * time.Hour, 12 * 24 * time.Hour, 26 * 24 * time.Hour})
	in := intruder{w: w, who: victim, from: serverAbroad(), at: w.at(day, 8+10*w.random.Float64()), stays: stays, agent: browser(chrome, day/7), session: w.guid()}
	switch kind {
	case "device-code":
		in.logon("Microsoft Authentication Broker", map[string]any{"authenticationProtocol": "deviceCode"})
	case "replayed-session":
		in.from, in.session = serverAtHome(), victim.session
	case "adversary-in-the-middle":
		in.from = proxyOfPhisher()
		in.logon("OfficeHome", nil)
		in.from = serverAtHome()
	case "spray":
		in.from = phoneAbroad()
		in.sprays()
		in.logon("Office 365 Exchange Online", map[string]any{"authenticationRequirement": "singleFactorAuthentication"})
	case "rented-line":
		in.from, in.agent = rentedLine(), browser(victim.family, day/7)
		in.logon("Office 365 Exchange Online", nil)
	case "consent":
		w.directory(in.act(), "Consent to application.", "Mail Backup Pro", "ConsentAction.Permissions",
			"[] => [[Id: z, Scope: Mail.ReadWrite Mail.Send offline_access]]", "ConsentContext.IsAdminConsent", "False")
		in.agent = "python-httpx/0.27"
	case "insider-right":
		in.right()
		return
	case "imap":
		in.from, in.agent = phoneAbroad(), "BAV2ROPC"
		for range w.between(4, 30) {
			in.at = in.at.Add(time.Duration(w.between(1, 90)) * time.Second)
			w.signIn(in.act(), "Office 365 Exchange Online", 50126, map[string]any{"clientAppUsed": "IMAP4"})
		}
		in.logon("Office 365 Exchange Online", map[string]any{"clientAppUsed": "IMAP4", "authenticationRequirement": "singleFactorAuthentication"})
		in.reads("Client=POP3/IMAP4;Protocol=IMAP4", "Sync")
		w.tenant.Truth[w.actor-1].Address = in.from.visit(w)
		return
	}
	w.tenant.Truth[w.actor-1].Address = in.from.visit(w)
	in.works(kind)
}

// intruder is one at work. at moves on.
type intruder struct {
	w       *world
	who     *person
	from    place
	at      time.Time
	stays   time.Duration
	agent   string
	session string
}

func (in *intruder) act() act {
	return act{at: in.at, who: in.who, ip: in.from.visit(in.w), agent: in.agent, session: in.session, system: "Windows 10"}
}

func (in *intruder) pass(low, high int) {
	in.at = in.at.Add(time.Duration(in.w.between(low, high)) * time.Second)
}

func (in *intruder) logon(app string, more map[string]any) {
	in.w.signIn(in.act(), app, 0, more)
	in.pass(20, 200)
}

// sprays tries one password with many, and comes in with one.
func (in *intruder) sprays() {
	people := slices.Clone(in.w.people)
	in.w.random.Shuffle(len(people), func(i, k int) { people[i], people[k] = people[k], people[i] })
	for _, p := range people[:min(len(people), 60)] {
		a := in.act()
		a.who, a.session = p, ""
		in.w.signIn(a, "Office 365 Exchange Online", 50126, nil)
		in.pass(5, 90)
	}
}

// works is what intruders do in a mailbox: read, search, hide, send.
func (in *intruder) works(kind string) {
	w, end := in.w, in.at.Add(in.stays)
	client := "Client=OWA;" + in.agent
	if kind == "consent" {
		client = "Client=REST;Client=RESTSystem;;"
	}
	in.reads(client, "Bind")
	for _, term := range []string{"invoice", "wire transfer", "bank details"}[:w.between(0, 3)] {
		w.exchange(in.act(), "SearchQueryInitiatedExchange", client, map[string]any{"QueryText": term})
		in.pass(20, 300)
	}
	if w.chance(0.3) { // rules are rare in taken accounts
		w.admin(in.act(), "New-InboxRule", in.who.alias+"\\.", "Name", ".", "SubjectOrBodyContainsWords", "invoice;payment", "MoveToFolder", "RSS Feeds", "MarkAsRead", "True")
		in.pass(60, 600)
	}
	for in.at.Before(end) {
		in.at = in.at.Add(time.Duration(w.between(1, 20)) * time.Hour)
		if in.at.After(end) {
			break
		}
		in.reads(client, "Bind")
	}
	if w.chance(0.5) {
		in.who.send(w, in.act(), w.between(1, 4))
	}
}

func (in *intruder) reads(client, how string) {
	for range in.w.between(2, 9) {
		if how == "Sync" {
			in.w.exchange(in.act(), "MailItemsAccessed", client, map[string]any{
				"OperationProperties": []any{map[string]any{"Name": "MailAccessType", "Value": "Sync"}},
				"Item":                map[string]any{"Id": "LgAAAA", "ParentFolder": map[string]any{"Path": "\\Inbox", "Name": "Inbox"}},
			})
		} else {
			in.who.read(in.w, in.act(), client, in.w.between(1, 20))
		}
		in.pass(20, 400)
	}
}

// right is an insider: an administrator who gives himself another's mailbox and reads it.
func (in *intruder) right() {
	w, boss := in.w, in.who
	insider := pick(w, w.admins)
	t := &w.tenant.Truth[w.actor-1]
	t.Accounts = []string{boss.address, insider.address}
	a := act{at: in.at, who: insider, ip: insider.home.visit(w), agent: browser(insider.family, 3), session: insider.session, system: "Windows 10"}
	t.Address = a.ip
	w.admin(a, "Add-MailboxPermission", boss.alias, "Identity", boss.alias, "User", insider.address, "AccessRights", "FullAccess")
	for i := range w.between(3, 12) {
		a.at = a.at.Add(time.Duration(w.between(60, 4000)) * time.Second)
		w.exchange(a, "MailItemsAccessed", "Client=OWA;"+a.agent, map[string]any{
			"MailboxOwnerUPN": boss.address, "MailboxGuid": boss.mailbox, "LogonType": 2, "RecordType": 50, "OperationCount": i + 1,
			"OperationProperties": []any{map[string]any{"Name": "MailAccessType", "Value": "Bind"}},
			"Folders":             []any{map[string]any{"Path": "\\Inbox", "FolderItems": []any{map[string]any{"InternetMessageId": fmt.Sprintf("<%s@mail.example>", w.guid())}}}},
		})
	}
}
