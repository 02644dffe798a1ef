package detecttest

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"triage/rules/detect"
)

// parseDeclared reads what the pack declares, one statement a line: "home NL", "home ann@contoso.com NL BE",
// "travel ann@contoso.com SG 2026-03-02 2026-03-09 booked" (both days included), "egress 198.51.100.0/24".
func parseDeclared(text string) (*detect.Declared, error) {
	d := &detect.Declared{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "home" && len(words) > 1:
			h := detect.Home{Countries: words[1:]}
			if strings.Contains(words[1], "@") {
				h.Mailbox, h.Countries = words[1], words[2:]
			}
			d.Homes = append(d.Homes, h)
		case words[0] == "travel" && len(words) > 5:
			from, err := time.Parse(time.DateOnly, words[3])
			if err != nil {
				return nil, fmt.Errorf("declared: %w", err)
			}
			last, err := time.Parse(time.DateOnly, words[4])
			if err != nil {
				return nil, fmt.Errorf("declared: %w", err)
			}
			d.Journeys = append(d.Journeys, detect.Journey{
				Mailbox: words[1], Country: words[2], From: from.UnixMilli(), To: last.AddDate(0, 0, 1).UnixMilli(),
				Reason: strings.Join(words[5:], " "),
			})
		case words[0] == "egress" && len(words) == 2:
			p, err := netip.ParsePrefix(words[1])
			if err != nil {
				return nil, fmt.Errorf("declared: %w", err)
			}
			d.Egress = append(d.Egress, p)
		default:
			return nil, fmt.Errorf("declared: %q", line)
		}
	}
	return d, nil
}
