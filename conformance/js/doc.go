// Package js holds the Node side of the conformance tests: better-auth's own client and server, driven against
// Cardea's testbed over a socket.
//
// It exports nothing. Its test starts Node on the scenarios and the differential requests beside it, for the adapters
// and databases that the environment variable CARDEA_MATRIX names:
//
//	go test ./conformance/js                      // core: stdlib on every database, every adapter on SQLite
//	CARDEA_MATRIX=full go test ./conformance/js   // every adapter on every database
//
// README.md says how to run the parts by hand.
package js
