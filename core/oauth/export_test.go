package oauth

// PublicTransport is the half of PublicOnly that judges addresses when a connection is made.
var PublicTransport = publicTransport
