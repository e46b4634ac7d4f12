//! From where a request comes.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

/// Each proxy adds the address of who has asked it.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// A network of one person, or of a few: an IPv4 address, or an IPv6 network of 64 bits. An extension of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Network(String);

impl Network {
    /// Of a request from `peer`, which came through so many proxies of ours. What a caller says beyond that is not believed.
    pub(crate) fn of(peer: IpAddr, headers: &HeaderMap, proxies: usize) -> Self {
        let address = match proxies {
            0 => peer,
            proxies => forwarded(headers, proxies).unwrap_or(peer),
        };
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                format!("{}/64", Ipv6Addr::from_bits(network))
            }
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }
}

/// Whom the first of our proxies was asked by.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let values = headers.get_all(FORWARDED_FOR).iter();
    let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    let hops: Vec<&str> = texts.iter().flat_map(|text| text.split(',')).collect();
    let hop = hops.get(hops.len().saturating_sub(proxies))?.trim();
    let bare = hop.trim_start_matches('[');
    let bare = bare.split_once(']').map_or(bare, |(address, _)| address);
    bare.parse()
        .or_else(|_| hop.parse().map(|socket: std::net::SocketAddr| socket.ip()))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(forwarded: &[&str], proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let value = axum::http::HeaderValue::from_str(value);
            headers.extend(
                value.map(|value| (axum::http::HeaderName::from_static(FORWARDED_FOR), value)),
            );
        }
        let peer = IpAddr::from([10, 0, 0, 1]);
        Network::of(peer, &headers, proxies).name().to_owned()
    }

    #[test]
    fn what_a_caller_says_of_its_address_is_not_believed() {
        assert_eq!(network(&["1.1.1.1"], 0), "10.0.0.1");
        assert_eq!(network(&["1.1.1.1, 2.2.2.2"], 1), "2.2.2.2");
        assert_eq!(network(&["1.1.1.1", "2.2.2.2, 3.3.3.3"], 2), "2.2.2.2");
        assert_eq!(network(&["rubbish"], 1), "10.0.0.1");
        assert_eq!(network(&[], 1), "10.0.0.1");
    }

    #[test]
    fn addresses_come_in_many_ways() {
        for (said, network_of) in [
            ("2.2.2.2:443", "2.2.2.2"),
            ("::ffff:2.2.2.2", "2.2.2.2"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(network(&[said], 1), network_of);
        }
    }
}
