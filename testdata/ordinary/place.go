package ordinary

import "fmt"

// place is a line that somebody is at: address, whether it changes at each visit, and what it is.
type place struct {
	block   string // first three numbers
	last    int    // 0: another one at each visit
	country string
}

// Blocks are real ones, so that the built-in databases know their country and class.
func offices() []place {
	return []place{{"46.144.22", 5, "NL"}, {"86.80.10", 20, "NL"}, {"91.10.20", 30, "DE"}}
}

// homes are lines of two providers; each person has one.
func homes(n int) place {
	blocks := []string{"80.114", "82.72", "77.248", "217.105", "86.81", "5.132"}
	return place{fmt.Sprintf("%s.%d", blocks[n%len(blocks)], 3+n/len(blocks)%200), 10 + n%200, "NL"}
}

func mobiles() []place {
	return []place{{"84.241.200", 0, "NL"}, {"84.241.203", 0, "NL"}, {"31.161.10", 0, "NL"}}
}

// trips are where people travel to: a hotel and the mobile network there.
func trips() [][2]place {
	return [][2]place{
		{{"87.130.10", 0, "DE"}, {"109.40.10", 0, "DE"}},
		{{"90.1.10", 0, "FR"}, {"92.184.100", 0, "FR"}},
		{{"83.32.10", 0, "ES"}, {"31.4.10", 0, "ES"}},
		{{"116.86.10", 0, "SG"}, {"27.125.128", 0, "SG"}},
		{{"24.12.10", 0, "US"}, {"172.58.10", 0, "US"}},
		{{"81.130.10", 0, "GB"}, {"148.252.128", 0, "GB"}},
	}
}

// Lines of intruders.
func serverAtHome() place { return place{"185.107.56", 77, "NL"} }
func serverAbroad() place { return place{"37.120.140", 14, "RO"} }
func rentedLine() place   { return place{"188.207.90", 41, "NL"} }
func phoneAbroad() place  { return place{"105.112.4", 9, "NG"} }
func proxyOfPhisher() place {
	return place{"198.98.51", 189, "US"}
}

func (p place) visit(w *world) string {
	last := p.last
	if last == 0 {
		last = w.between(2, 250)
	}
	return fmt.Sprintf("%s.%d", p.block, last)
}

// device is a computer, phone or program that a person reads mail with.
type device struct {
	id     string // of a managed device; "" for none
	system string
	agent  string // user agent of its browser
	client string // ClientInfoString of its mail program
	app    string // what the sign-in log calls the application
}

const (
	chrome  = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"
	edge    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%[1]d.0.0.0 Safari/537.36 Edg/%[1]d.0.0.0"
	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%[1]d.0) Gecko/20100101 Firefox/%[1]d.0"
	safari  = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.%d Safari/605.1.15"
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
