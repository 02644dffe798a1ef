package analyzers

import (
	"triage/analyzers/attribution"
	"triage/analyzers/verdict"
	"triage/rules/detect"
)

// given is what a responder says of whose acts are whose: in packs, by flags, and by what he decided about findings.
func given(declared *detect.Declared, findings []verdict.Finding) attribution.Given {
	g := attribution.Given{Struck: map[string]bool{}}
	if declared != nil {
		attacker, owner := &declared.Attacker, &declared.Owner
		g.AttackerIPs, g.AttackerAgents, g.AttackerSessions, g.AttackerApps = attacker.IPs, attacker.Agents, attacker.Sessions, attacker.Apps
		g.OwnerIPs, g.OwnerAgents = owner.IPs, owner.Agents
	}
	for i := range findings {
		if d := findings[i].Decision; d != nil && d.Verdict == "benign" {
			g.Struck[findings[i].Fingerprint] = true
		}
	}
	return g
}
