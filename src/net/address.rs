//! Which addresses a request may go to. A name in the configuration may be made to point anywhere by whoever runs its
//! domain; without this, that would be a way into the network of the machine that sends.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far away an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Public,
    /// This machine or its own network: only where the target allows it.
    Private,
    /// Nobody's service: link-local, where clouds hand out secrets (169.254.169.254), groups, and what is no host.
    Never,
}

/// By IANA's registries of special-purpose addresses (RFC 6890 and its successors).
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        [0 | 224..=255, ..]
        | [169, 254, ..]
        // Where Azure and Alibaba hand out secrets.
        | [168, 63, 129, 16]
        | [100, 100, 100, 200]
        // IETF protocols, documentation, 6to4 relays, benchmarks.
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Reach::Never,
        [10 | 127, ..] | [192, 168, ..] | [172, 16..=31, ..] | [100, 64..=127, ..] => Reach::Private,
        _ => Reach::Public,
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Reach::Never,
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Private,
        // The address of another protocol in this one's clothes: mapped, and NAT64.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => disguised(high, low),
        // Amazon's and Google's ways to their secrets, within what else is private.
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254] => Reach::Never,
        [0xfc00..=0xfdff, ..] => Reach::Private,
        // Tunnels, which carry an address of their own; and documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => Reach::Never,
        // All that is given out is in 2000::/3.
        [0x2000..=0x3fff, ..] => Reach::Public,
        _ => Reach::Never,
    }
}

fn disguised(high: u16, low: u16) -> Reach {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    match reach_v4(Ipv4Addr::new(a, b, c, d)) {
        Reach::Public | Reach::Private => Reach::Private,
        Reach::Never => Reach::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_by_table() {
        let table: &[(Reach, &[&str])] = &[
            (
                Reach::Public,
                &[
                    "1.1.1.1",
                    "8.8.8.8",
                    "100.63.255.255",
                    "100.128.0.1",
                    "172.15.0.1",
                    "172.32.0.1",
                    "192.167.0.1",
                    "223.255.255.255",
                    "2606:4700:4700::1111",
                    "2a00:1450::1",
                    "2001:4860:4860::8888",
                ],
            ),
            (
                Reach::Private,
                &[
                    "10.0.0.1",
                    "127.0.0.1",
                    "127.255.0.1",
                    "172.16.0.1",
                    "172.31.255.255",
                    "192.168.1.1",
                    "100.64.0.1",
                    "100.127.255.255",
                    "::1",
                    "fc00::1",
                    "fd12:3456::1",
                    "::ffff:127.0.0.1",
                    "::ffff:8.8.8.8",
                    "64:ff9b::10.0.0.1",
                    "64:ff9b::8.8.8.8",
                ],
            ),
            (
                Reach::Never,
                &[
                    "0.0.0.0",
                    "0.1.2.3",
                    "169.254.169.254",
                    "169.254.0.1",
                    "168.63.129.16",
                    "100.100.100.200",
                    "192.0.0.192",
                    "192.0.2.1",
                    "198.18.0.1",
                    "198.51.100.1",
                    "203.0.113.1",
                    "224.0.0.1",
                    "239.255.255.250",
                    "240.0.0.1",
                    "255.255.255.255",
                    "::",
                    "::127.0.0.1",
                    "::ffff:169.254.169.254",
                    "::ffff:0.0.0.0",
                    "64:ff9b::169.254.169.254",
                    "64:ff9b:1::1",
                    "fe80::1",
                    "fec0::1",
                    "ff02::1",
                    "fd00:ec2::254",
                    "fd20:ce::254",
                    "100::1",
                    "2001::1",
                    "2001:db8::1",
                    "2002:7f00:1::",
                    "3fff::1",
                    "5f00::1",
                ],
            ),
        ];
        for (expected, addresses) in table {
            for address in *addresses {
                assert_eq!(reach(address.parse().unwrap()), *expected, "{address}");
            }
        }
    }
}
