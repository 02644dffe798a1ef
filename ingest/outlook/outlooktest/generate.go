package outlooktest

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"time"
)

// Generate invents the activities of alice@contoso.com: a mailbox with logons, deliveries, reading, moving and a few
// searches. The same seed gives the same records.
func Generate(n int, seed uint64) []Record {
	g := generator{rand: rand.New(rand.NewPCG(seed, 1)), at: time.Date(2018, 1, 1, 6, 0, 0, 0, time.UTC)}
	g.session = g.guid()
	records := make([]Record, n)
	for i := range records {
		records[i] = g.record(i)
	}
	return records
}

type generator struct {
	rand    *rand.Rand
	at      time.Time
	session string
	items   []item
}

type item struct{ id, conversation, message string }

func (g *generator) guid() string {
	a, b := g.rand.Uint64(), g.rand.Uint64()
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xFFFF, a&0xFFFF, b>>48, b&0xFFFFFFFFFFFF)
}

func (g *generator) token(n int) string {
	raw := make([]byte, n)
	for i := range raw {
		raw[i] = byte(g.rand.Uint32())
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func (g *generator) record(i int) Record {
	g.at = g.at.Add(time.Duration(1+g.rand.IntN(60_000)) * time.Millisecond)
	if g.rand.IntN(20) == 0 {
		g.session = g.guid()
	}
	stamp := g.at.Format("2006-01-02T15:04:05.000Z")
	r := Record{TimeStamp: stamp, ActivityCreationTime: stamp, ClientSessionID: g.session, ID: fmt.Sprintf("A%08d", i)}
	switch pick := g.rand.IntN(100); {
	case pick < 15:
		g.logon(&r)
	case pick < 40 || len(g.items) == 0:
		g.deliver(&r)
	case pick < 45:
		g.search(&r)
	case pick < 90:
		g.read(&r)
	default:
		r.AppIDType, r.ActivityIDType, r.ActivityItemID = "Outlook", "Move", "AAMk"+g.token(90)
		r.Properties = []Property{{"MoveType", "Move"}, {"SourceFolder", "Inbox"}, {"TargetFolder", "Archive"}}
	}
	return r
}

func (g *generator) logon(r *Record) {
	agents := []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.186 Safari/537.36",
		"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.9029; Pro)",
	}
	r.AppIDType, r.ActivityIDType = "Outlook", "ServerLogon"
	r.Properties = []Property{
		{"Result", "Success"},
		{"ExceptionInfo", ""},
		{"UserName", "alice@contoso.com"},
		{"ClientIP", fmt.Sprintf("192.0.2.%d", g.rand.IntN(20))},
		{"UserAgent", agents[g.rand.IntN(len(agents))]},
	}
}

func (g *generator) deliver(r *Record) {
	one := item{"AAMk" + g.token(90), g.token(33), "<" + g.guid() + "@example.com>"}
	if g.items = append(g.items, one); len(g.items) > 500 {
		g.items = g.items[1:]
	}
	r.AppIDType, r.ActivityIDType, r.ActivityItemID = "Exchange", "MessageDelivered", one.id
	r.Properties = []Property{
		{"IsClutter", "False"},
		{"DeliveredToInbox", "True"},
		{"DeliveredToClutter", "False"},
		{"InternetMessageId", one.message},
		{"ConversationId", one.conversation},
		{"SenderSmtpAddress", fmt.Sprintf("user%d@example.com", g.rand.IntN(500))},
		{"DeliveredFolderType", "5"},
		{"Subject", fmt.Sprintf("Re: Bob's order %d", g.rand.IntN(100_000))},
		{"Recipients", "alice@contoso.com;bob@contoso.com"},
		{"ReceivedTime", g.at.Format("01/02/2006 03:04:05 PM")},
		{"ItemClass", "IPM.Note"},
	}
}

func (g *generator) search(r *Record) {
	r.AppIDType, r.ActivityIDType = "Web", "SearchResult"
	r.Properties = []Property{
		{"Query", fmt.Sprintf(`<?xml version="1.0" encoding="utf-16"?><Query><RawQuery>project %d</RawQuery></Query>`, g.rand.IntN(50))},
		{"Sid", g.session},
		{"ResIds", "0A1B,0A1C"},
		{"Trunc", "False"},
	}
}

func (g *generator) read(r *Record) {
	one := g.items[g.rand.IntN(len(g.items))]
	kinds := []string{"ReadingPaneDisplayStart", "ReadingPaneDisplayEnd", "MarkAsRead"}
	r.AppIDType, r.ActivityIDType, r.ActivityItemID = "Web", kinds[g.rand.IntN(len(kinds))], one.id
	r.Properties = []Property{{"IsConversation", "1"}, {"ConversationId", one.conversation}, {"SelectedFolderName", "Inbox"}}
}
