//! Which addresses may be asked: public ones, on the usual port, over TLS.
//!
//! A name is looked up once and the addresses that were found are the ones that are connected to, so that
//! it cannot mean one machine when it is checked and another when it is used.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::FetchError;

/// IPv4 networks that are not the public internet, with the length of their prefix (RFC 6890 and later),
/// and the address under which one large host serves secrets of its virtual machines.
const CLOSED_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Within 2000::/3, all that leads somewhere else: protocols (Teredo among them), documentation, 6to4.
const CLOSED_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// A longer address is not asked: every rule of a robots.txt is tried on it, and people are shown it. Sitemaps take
/// no longer ones either.
pub(super) const MOST_CHARS: usize = 2_048;

/// Whether an address is on the public internet.
///
/// Of IPv6 only 2000::/3 is: mapped, translated (NAT64), local and multicast addresses lie outside.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !CLOSED_V4
            .iter()
            .any(|(network, length)| (address.to_bits() ^ network.to_bits()).leading_zeros() >= *length),
        IpAddr::V6(address) => {
            let within =
                |network: &Ipv6Addr, length: u32| (address.to_bits() ^ network.to_bits()).leading_zeros() >= length;
            within(&Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)
                && !CLOSED_V6.iter().any(|(network, length)| within(network, *length))
        }
    }
}

/// Reads an address and refuses one that must not be asked; `loopback` also allows http from this machine.
///
/// The parser of URLs has by then turned every way to write an IPv4 address into the one with four dots.
pub(super) fn admit(text: &str, loopback: bool) -> Result<Url, FetchError> {
    if text.len() > MOST_CHARS {
        return Err(FetchError::LongAddress);
    }
    let mut url = Url::parse(text.trim()).map_err(|_| FetchError::NoAddress(text.to_owned()))?;
    url.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Credentials);
    }
    let host = url.host_str().unwrap_or_default();
    let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    if url.scheme() == "http" && loopback && literal.is_some_and(|address| address.is_loopback()) {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(FetchError::NotHttps(url.to_string()));
    }
    if let Some(port) = url.port() {
        return Err(FetchError::Port(port));
    }
    match literal {
        Some(address) if !is_public(address) => Err(NotPublic { host: host.to_owned(), address }.into()),
        _ => Ok(url),
    }
}

/// "localhost is 127.0.0.1", or only the address where that was given.
fn leads(host: &str, address: &IpAddr) -> String {
    let given = host.trim_matches(['[', ']']) == address.to_string();
    if given { format!("this is {address}") } else { format!("{host} is {address}") }
}

/// A name or address leads to a machine that is not on the public internet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}, which is not on the public internet; give the address of a public page", leads(.host, .address))]
pub struct NotPublic {
    /// What was to be asked.
    pub host: String,
    /// Where it leads.
    pub address: IpAddr,
}

/// Looks names up, and refuses those that lead to any address that is not public.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            if let Some(closed) = found.iter().map(SocketAddr::ip).find(|address| !is_public(*address)) {
                return Err(NotPublic { host: host.to_owned(), address: closed }.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_public_internet_is_asked() {
        for open in ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
        for closed in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "168.63.129.16",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
    }

    #[test]
    fn an_address_is_read_as_a_browser_reads_it() {
        let refused = |text: &str, loopback| admit(text, loopback).map_err(|error| error.to_string()).err();
        for (text, why) in [
            ("nonsense", "no address"),
            ("ftp://example.org/", "https"),
            ("http://example.org/", "https"),
            ("file:///etc/passwd", "https"),
            ("https://me:secret@example.org/", "password"),
            ("https://me@example.org/", "password"),
            ("https://example.org:8443/", "8443"),
            ("https://127.0.0.1/", "public internet"),
            ("https://2130706433/", "public internet"),
            ("https://0x7f.1/", "public internet"),
            ("https://017700000001/", "public internet"),
            ("https://127.1/", "public internet"),
            ("https://①②⑦.0.0.1/", "public internet"),
            ("https://[::1]/", "public internet"),
            ("https://[::ffff:169.254.169.254]/", "public internet"),
            ("https://[64:ff9b::a9fe:a9fe]/", "public internet"),
            ("https://169.254.169.254/latest/meta-data/", "public internet"),
            ("https://0/", "public internet"),
        ] {
            for loopback in [false, true] {
                let error = refused(text, loopback).unwrap_or_else(|| panic!("{text} is let through"));
                assert!(error.contains(why), "{text}: {error}");
                assert!(!error.contains("secret"), "{error}");
            }
        }
        assert!(refused("http://127.0.0.1:8080/", false).is_some());
        assert_eq!(refused("http://127.0.0.1:8080/", true), None);
        assert_eq!(refused("http://[::1]:8080/", true), None);
        assert!(refused("http://10.0.0.1/", true).is_some());
        assert!(refused("http://localhost/", true).is_some());
        assert_eq!(admit(" https://example.org:443/a#b ", false).unwrap().as_str(), "https://example.org/a");
    }

    proptest! {
        #[test]
        fn whatever_is_typed_leads_nowhere_but_to_the_public_internet(typed in "(https?|HTTPS|ftp|file|gopher)?:?/{0,3}\\PC*") {
            if let Ok(url) = admit(&typed, false) {
                prop_assert_eq!(url.scheme(), "https");
                prop_assert_eq!((url.username(), url.password(), url.port()), ("", None, None));
                let host: Option<IpAddr> = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse().ok());
                prop_assert!(host.is_none_or(is_public), "{url}");
            }
        }

        #[test]
        fn however_an_address_is_written_it_is_the_same(bits: u32) {
            let address = Ipv4Addr::from_bits(bits);
            let [a, b, c, d] = address.octets();
            let lower = u32::from(b) << 16 | u32::from(c) << 8 | u32::from(d);
            for written in [
                format!("{address}"), format!("{bits}"), format!("{bits:#x}"), format!("0{bits:o}"),
                format!("{a:#x}.{b}.0{c:o}.{d}"), format!("{a}.{lower}"), format!("{address}."),
            ] {
                let admitted = admit(&format!("https://{written}/"), false).is_ok();
                prop_assert_eq!(admitted, is_public(address.into()), "{}", written);
            }
            // No IPv4 address is reached by way of IPv6: mapped, compatible, translated or tunnelled.
            for within in [
                format!("::ffff:{address}"), format!("::{address}"), format!("64:ff9b::{address}"),
                format!("2002:{:x}:{:x}::1", bits >> 16, bits & 0xffff),
            ] {
                let refused = admit(&format!("https://[{within}]/"), false).is_err();
                prop_assert!(refused, "{}", within);
            }
        }

        #[test]
        fn what_the_standard_library_takes_for_private_is_not_public(bits: u32, long: u128) {
            let address = Ipv4Addr::from_bits(bits);
            let closed = address.is_private() || address.is_loopback() || address.is_link_local()
                || address.is_multicast() || address.is_broadcast() || address.is_documentation()
                || address.is_unspecified();
            prop_assert!(!(closed && is_public(address.into())), "{}", address);
            let address = Ipv6Addr::from_bits(long);
            let closed = address.is_loopback() || address.is_multicast() || address.is_unspecified()
                || address.is_unique_local() || address.is_unicast_link_local() || address.to_ipv4().is_some();
            prop_assert!(!(closed && is_public(address.into())), "{}", address);
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_it_is_looked_up() {
        let found = PublicOnly.resolve("localhost".parse().unwrap()).await;
        assert!(found.err().unwrap().is::<NotPublic>());
    }
}
