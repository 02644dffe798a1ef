package ordinary

import "fmt"

// device is a computer or phone that a person reads mail with.
type device struct {
	id      string // of a registered device; "" for none
	managed bool
	system  string
	family  string // of its browser
	agent   string // of its mail program
	client  string // ClientInfoString of its mail program
	app     string // what the sign-in log calls the application
	appID   string
	session string // the Entra session, weeks long
	since   int    // day on which the session began
	before  []era  // its sessions
	own     bool   // records of its mail program carry Exchange's session and not Entra's, as older ones do
	none    bool   // they carry none
}

// era is a session and the day on which it began.
type era struct {
	day     int
	session string
}

const (
	chrome  = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"
	edge    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%[1]d.0.0.0 Safari/537.36 Edg/%[1]d.0.0.0"
	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%[1]d.0) Gecko/20100101 Firefox/%[1]d.0"
	safari  = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.%d Safari/605.1.15"
	chromes = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"
	iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
	android = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Mobile Safari/537.36"
)

// browser is a user agent as it is in a week: browsers are renewed every few weeks.
func browser(family string, week int) string {
	switch family {
	case safari, iphone:
		return fmt.Sprintf(family, 1+week/4)
	default:
		return fmt.Sprintf(family, 138+week/4)
	}
}

// Applications by the ids that Microsoft publishes.
const (
	exchangeOnline = "00000002-0000-0ff1-ce00-000000000000"
	outlookMobile  = "27922004-5251-4030-b22d-91ecd9a37ea4"
	officeHome     = "4765445b-32c6-49b0-83e6-1d93765276ca"
	outlookDesktop = "d3590ed6-52b3-4102-aeff-aad2292ab01c"
	outlookWeb     = "9199bf20-a13f-4107-85dc-02114787ef48"
	broker         = "29d9ed98-a469-4536-ade2-f981bc1d605e"
	graphShell     = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
	teams          = "1fec8e78-bce4-4aaf-ab1b-5451cc387264"
)

// program is an application that people consent to.
type program struct {
	name, id, scopes string
	desktop          bool // it runs on the person's computer; else on its maker's servers
}

// programs are well-known ones; ids are those that their makers use where these are published.
func programs() []program {
	return []program{
		{"Thunderbird", "9e5f94bc-e8a4-4e73-b8be-63364c29d753", "IMAP.AccessAsUser.All SMTP.Send offline_access", true},
		{"eM Client", "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd", "EWS.AccessAsUser.All offline_access", true},
		{"Apple Internet Accounts", "f8d98a96-0999-43f5-8af3-69971c7bb423", "EWS.AccessAsUser.All EAS.AccessAsUser.All offline_access", true},
		{"Calendly", "6a0ec4d4-30cb-4a83-91c0-5ae56bc0e3c1", "Calendars.ReadWrite offline_access User.Read", false},
		{"Zoom", "fc108d3f-543d-4374-bbff-c7c51f651fe5", "User.Read openid profile", false},
		{"HubSpot Sales", "1e9ab2ec-6fbd-4b8c-8f5b-4c21a1ec9e8e", "Mail.ReadWrite Mail.Send offline_access", false},
	}
}
