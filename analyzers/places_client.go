package analyzers

import (
	"triage/geo"
	"triage/ingest/activity"
)

// chooseIPs settles which address of a record is the client's where it names several: the first, unless it is the service's
// own or one of a private network and another is not.
func chooseIPs(l *geo.Locator, c *activity.Case) {
	ranks := map[activity.Symbol]int{}
	rank := func(ip activity.Symbol) int {
		r, known := ranks[ip]
		if !known {
			r = clientRank(l, c.Text(ip))
			ranks[ip] = r
		}
		return r
	}
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.IP == 0 {
			continue // an alert about several: none of them is the client's more than another
		}
		best := a.IP
		for _, other := range c.OtherIPs(a) {
			if rank(other) > rank(best) {
				best = other
			}
		}
		if best != a.IP {
			c.TakeIP(a, best)
		}
	}
}

// clientRank says how likely an address is to be a client's: no address at all, a private one, the service's, any other.
func clientRank(l *geo.Locator, text string) int {
	at := geo.ParseAddr(text)
	switch ip := at.IP; {
	case !ip.IsValid():
		return 0
	case ip.IsPrivate() || ip.IsLoopback() || ip.IsUnspecified() || ip.IsLinkLocalUnicast():
		return 1
	case l.Place(ip).Class == geo.MSService:
		return 2
	default:
		return 3
	}
}
