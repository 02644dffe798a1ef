// Package geo says where an address in a log is, whose it is and what kind of network it belongs to, how far two places
// are apart, and whether a user could have travelled between them in the time the log leaves.
//
// It works offline: a country and an ASN database are built in. Nothing in it but Update ever uses the network.
package geo
