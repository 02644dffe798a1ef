// Package ordinary invents a tenant as it is on any day, and intruders hidden in it. People of many kinds live through some
// weeks: offices behind one address, one of which moves to another line, homes whose address stays, changes or is IPv6,
// phones on mobile networks, travel with their own, new and borrowed devices, private windows, commercial VPNs and Apple's
// relay, new computers and phones, assistants and shared mailboxes, finance clerks, lawyers' exports, marketing bursts,
// newsletters, mail programs consented to, administrators with roles for an hour, joiners and leavers, migrations, meeting
// rooms, scanners and copiers, forgotten passwords, and the Internet's daily tries at names that exist and that do not. It
// is untidy on purpose: what a rule takes for a sign of an intruder, somebody honest does here every week.
//
// It makes the Unified Audit Log, the sign-ins and the message trace of the same lives, or Outlook Activities of them as they
// were in 2018, and says which records are an intruder's. The same options always give the same bytes.
//
// Seeds 1 to 20 are for setting the program's weights, 101 and above for judging them: whoever judges by the seeds that he
// set weights on deceives himself.
package ordinary
