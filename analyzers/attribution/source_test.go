package attribution_test

import (
	"net/netip"

	"triage/analyzers"
	"triage/analyzers/attribution"
	measure "triage/analyzers/context"
	"triage/rules/detect"
)

func nets(ip string) []netip.Prefix {
	addr := netip.MustParseAddr(ip)
	return []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())}
}

// source is what attribution was read from.
func source(res *analyzers.Result) attribution.Source {
	m, _ := res.Context.(*measure.Measure)
	return attribution.Source{
		Case: res.Case, Places: res.Places, Lines: res.Case.Timelines(), Measure: m, Domains: detect.NewDomains(res.Case, nil), Findings: res.Findings,
	}
}
