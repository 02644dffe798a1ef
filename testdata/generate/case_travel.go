package main

import (
	"fmt"
	"time"
)

// travellingExecutive is innocent, and never long in one place.
func travellingExecutive() (*investigation, error) {
	const mailboxName, file = "erin@contoso.com", "activities.csv"
	owner := dutchManager("Erin Vos", mailboxName)
	owner.volume, owner.web = 4, 0.5
	owner.away = []trip{
		{dayRange{on(2018, time.April, 10), on(2018, time.April, 13)}, deHotel(), deMobile(), network{}},
		{dayRange{on(2018, time.April, 23), on(2018, time.April, 29)}, sgHotel(), sgMobile(), airline()},
		{dayRange{on(2018, time.May, 8), on(2018, time.May, 10)}, frHotel(), frMobile(), network{}},
		{dayRange{on(2018, time.May, 22), on(2018, time.May, 28)}, usHotel(), network{}, airlineUS()},
	}
	m := newMailbox(owner, 13)
	for d := on(2018, time.March, 12); d <= on(2018, time.June, 8); d++ {
		m.live(d)
	}
	e, err := csvExport(file, m.rows).withPages("api", 800)
	if err != nil {
		return nil, err
	}
	return &investigation{
		name: "travelling-executive", title: "A travelling executive",
		story: `
Erin Vos (erin@contoso.com) leads sales at Contoso in Amsterdam. Between 2018-03-12 and 2018-06-08 she is away four times:

| days | where | computer | phone |
|---|---|---|---|
| 04-10 to 04-13 | Germany, by train | hotel (` + deHotel().block + `.x) | German mobile network |
| 04-23 to 04-29 | Singapore | airline (` + airline().block + `.x, located to GB), hotel (` + sgHotel().block + `.x) | Singapore mobile network |
| 05-08 to 05-10 | France | hotel (` + frHotel().block + `.x) | French mobile network |
| 05-22 to 05-28 | United States | airline (` + airlineUS().block + `.x), hotel (` + usHotel().block + `.x) | roaming: her phone's traffic leaves in the Netherlands all the time |

On the last trip the computer is in the US and the phone, to the log, in the Netherlands within the same hour: no theft,
but the way roaming works. All of it is hers. Nothing is planted.`,
		found: "A responder may well be shown the countries; nothing that calls the mailbox taken.",
		quiet: `
- The mailbox stays below band high.
- No finding above medium.
- Travel by train and plane: no finding on speed but for the roaming phone, and that one with little confidence.
- Searches, clients and attachments: nothing above low.`,
		exports:   []export{e},
		runs:      []caseRun{{Name: "csv", Inputs: []string{file}}, {Name: "api", Inputs: []string{"api"}}},
		mailboxes: map[string]bandWant{mailboxName: {Below: "high"}},
		findings:  []findingWant{},
		silences: []quietWant{
			{Rule: "*", Mailbox: mailboxName, Above: "medium"},
			{Rule: "geo.impossible-travel", Mailbox: mailboxName, Above: "low"},
			{Rule: "search.*", Mailbox: mailboxName, Above: "low"},
			{Rule: "app.*", Mailbox: mailboxName, Above: "low"},
			{Rule: "mail.*", Mailbox: mailboxName, Above: "low"},
		},
	}, nil
}

// vpnGateway is innocent: every log on of the computer comes from a cloud provider abroad.
func vpnGateway() (*investigation, error) {
	const mailboxName, file = "gina@adatum.com", "activities.csv"
	owner := britishEngineer("Gina Park", mailboxName)
	owner.gateway, owner.mistypes = nlGateway(), 0.05
	owner.off = []dayRange{{on(2018, time.April, 30), on(2018, time.May, 6)}}
	m := newMailbox(owner, 17)
	for d := on(2018, time.April, 2); d <= on(2018, time.June, 1); d++ {
		m.live(d)
	}
	e, err := csvExport(file, m.rows).withPages("api", 500)
	if err != nil {
		return nil, err
	}
	return &investigation{
		name: "vpn-gateway", title: "A mailbox behind a gateway",
		story: fmt.Sprintf(`
Gina Park (gina@adatum.com) works in London. Her company sends all traffic of its computers through a gateway at a cloud
provider: four addresses (%s to %s) that locate to the Netherlands, of class hosting. Her phone does not
use it: a British mobile network by day, her line at home in the evening. She has a week of holiday from 2018-04-30. All of
it is hers. Nothing is planted.`, nlGateway().at(10), nlGateway().at(13)),
		found: "Nothing above low.",
		quiet: `
- Hosting is what this mailbox always comes from: no finding from the class alone.
- Two countries every day, 150 km apart: no travel.
- The mailbox stays below band high.`,
		exports:   []export{e},
		runs:      []caseRun{{Name: "csv", Inputs: []string{file}}, {Name: "api", Inputs: []string{"api"}}},
		mailboxes: map[string]bandWant{mailboxName: {Below: "medium"}},
		findings:  []findingWant{},
		silences:  []quietWant{{Rule: "*", Mailbox: mailboxName, Above: "low"}},
	}, nil
}
