package ordinary

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// seen is what a mailbox was last opened with.
type seen struct {
	ip, agent string
	at        time.Time
}

// apps are the AppIdTypes of a client (ACTIVITIES: how the service derives them).
func appOf(client string) string {
	switch {
	case strings.Contains(client, "MacOutlook"):
		return "MacOutlook"
	case strings.HasPrefix(client, "Client=MSExchangeRPC"):
		return "Outlook"
	case strings.HasPrefix(client, "Client=OWA"):
		return "Web"
	case strings.HasPrefix(client, "Client=ActiveSync"), strings.HasPrefix(client, "Client=REST"):
		return "Mobile"
	case strings.Contains(client, "Protocol=IMAP4"):
		return "IMAP4"
	default:
		return "Other"
	}
}

// logsOn is a log on in Outlook Activities: a failure is a row, a success shows when something is done.
func (w *logbook) logsOn(a act, e entry) {
	if e.code == 0 || e.name != "" || e.code == 50034 {
		return
	}
	app := "Web"
	if strings.HasPrefix(e.client, "IMAP") {
		app = "IMAP4"
	}
	w.serverLogon(a, app, "Failure", "InvalidCredentials")
}

// app is that a client is used: a ServerLogon, unless one of the same is a few hours old.
func (w *logbook) app(a act, client string) string {
	app := appOf(client)
	if a.box != nil && a.box != a.who {
		return app // what delegates do is not logged
	}
	key := a.who.address + app
	last, gap := a.who.logons[app], 4*time.Hour
	if last.ip != a.ip || last.agent != a.agent || a.at.Sub(last.at) > gap || a.at.Before(last.at) {
		w.serverLogon(a, app, "Success", "")
		if app == "Web" {
			w.put(a.at, app, "Logon", "", guidOf(mix(uint64(a.at.Unix()), key), mix(1, key)), a.who,
				[2]string{"Layout", "Mouse"}, [2]string{"Timezone", "W. Europe Standard Time"}, [2]string{"IPAddress", a.ip}, [2]string{"Browser", a.agent})
		}
	}
	if a.who.logons == nil {
		a.who.logons = map[string]seen{}
	}
	a.who.logons[app] = seen{a.ip, a.agent, a.at}
	return app
}

func (w *logbook) serverLogon(a act, app, result, exception string) {
	w.put(a.at, app, "ServerLogon", "", w.guid(), a.who, [2]string{"Result", result}, [2]string{"ExceptionInfo", exception},
		[2]string{"UserName", a.who.address}, [2]string{"ClientIP", a.ip}, [2]string{"UserAgent", a.agent}, [2]string{"NetworkPresenceLocation", ""})
	if result == "Success" {
		w.from(a)
		w.succeeded(a.at)
	}
}

// row is an act of a client.
func (w *logbook) row(a act, client, kind, item string, properties ...[2]string) {
	app := w.app(a, client)
	if a.box != nil && a.box != a.who {
		return
	}
	w.put(a.at.Add(time.Second), app, kind, item, w.guid(), a.who, properties...)
	w.succeeded(a.at.Add(time.Second))
}

// shows is that messages are read.
func shows(w *logbook, a act, client string, n int) {
	for range min(n, 4) {
		l := a.owner().letter(w, a.at.Unix())
		if appOf(client) == "Mobile" {
			w.row(a, client, "MarkAsRead", l.item, [2]string{"SenderAddress", l.from}, [2]string{"InternetMessageId", l.id}, [2]string{"SourceFolder", "Inbox"})
		} else {
			w.row(a, client, "ReadingPaneDisplayStart", l.item, [2]string{"IsConversation", "1"}, [2]string{"SelectedFolderName", "Inbox"})
			a.at = w.later(a.at, 3, 60)
			w.row(a, client, "ReadingPaneDisplayEnd", l.item, [2]string{"IsConversation", "1"})
		}
		w.touches(a, l, "read")
		a.at = w.later(a.at, 3, 60)
	}
}

// arrives is the delivery of a message: the service's act, whoever sent it.
func (w *logbook) arrives(to *person, l letter) {
	if !w.opts.Activities {
		return
	}
	actor, lured := w.actor, w.lured
	w.actor, w.lured = 0, max(actor, lured)
	defer func() { w.actor, w.lured = actor, lured }()
	at := timeOf(l.at)
	w.put(at, "Exchange", "MessageDelivered", l.item, "", to, [2]string{"DeliveredToInbox", "True"}, [2]string{"InternetMessageId", l.id},
		[2]string{"SenderSmtpAddress", l.from}, [2]string{"Recipients", to.address}, [2]string{"Subject", l.subject},
		[2]string{"ReceivedTime", at.Format("01/02/2006 03:04:05 PM")}, [2]string{"DeliveredFolderType", "2"})
}

// put writes a row as the retriever of 2018 did. No value has a quote, a backslash or a line's end.
func (w *logbook) put(at time.Time, app, kind, item, session string, of *person, properties ...[2]string) {
	const stamp = "2006-01-02T15:04:05.000Z"
	var cell bytes.Buffer
	for i, p := range properties {
		fmt.Fprintf(&cell, "%s'%s': '%s'", map[bool]string{true: ", ", false: ""}[i > 0], p[0], p[1])
	}
	at = at.Add(time.Duration(w.random.IntN(1000)) * time.Millisecond)
	text := fmt.Appendf(nil, "%s,%s,%s,%s,%s,%s,\"{%s}\"\n", at.Format(stamp), app, kind, item, at.Add(time.Duration(w.between(1000, 90_000))*time.Millisecond).Format(stamp), session, cell.Bytes())
	w.add(Record{Time: at, ID: w.guid(), Log: Activities, Mailbox: of.address, Op: kind, Text: text})
}
