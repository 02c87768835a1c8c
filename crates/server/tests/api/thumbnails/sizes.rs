//! How large thumbnails are, and where they stand.

use image::{GenericImageView, ImageFormat};
use jiff::SignedDuration;
use serde_json::json;

use super::{encoded, picture, png, put, see_through, set, shown, turned, url};
use crate::steps::at;
use crate::support::TestServer;

#[tokio::test]
async fn a_picture_has_a_set_of_three_sizes_whose_urls_need_no_token() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "boat.png", png(1600, 1200)).await;
    let set = set(&alice, &at("boat.png"), "").await;
    assert_eq!(set["id"], "0");
    for (name, width, height) in [("small", 96, 72), ("medium", 176, 132), ("large", 800, 600)] {
        let thumbnail = &set[name];
        assert_eq!((&thumbnail["width"], &thumbnail["height"]), (&json!(width), &json!(height)), "{name}");
        let answer = server.anonymous().get(&url(thumbnail)).await;
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert_eq!(answer.header("cache-control"), "private, no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let picture = shown(answer);
        assert_eq!(picture.dimensions(), (width, height), "{name}");
        let [red, ..] = picture.get_pixel(width / 8, height / 2).0;
        let [.., blue, _] = picture.get_pixel(width - width / 8, height / 2).0;
        assert!(red > 200 && blue > 200, "{name}: {red} {blue}");
    }
    let one = alice.get(&format!("{}/thumbnails/0/medium", at("boat.png"))).await.expect(200).json();
    assert_eq!((&one["width"], &one["height"]), (&json!(176), &json!(132)));
    shown(server.anonymous().get(&url(&one)).await);
    let only = alice.get(&format!("{}/thumbnails/0", at("boat.png"))).await.expect(200).json();
    assert!(only["small"]["url"].is_string() && only["id"] == "0", "{only}");
    let content = alice.get(&format!("{}/thumbnails/0/small/content", at("boat.png"))).await.expect(302);
    assert_eq!(shown(server.anonymous().get(content.header("location")).await).dimensions(), (96, 72));
}

#[tokio::test]
async fn a_size_of_ones_own_fits_or_fills_a_box() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "boat.png", png(1600, 1200)).await;
    let set = set(&alice, &at("boat.png"), "?$select=c300x400,c300x400_crop,small").await;
    assert!(set.get("large").is_none(), "{set}");
    for (name, size) in [("c300x400", (300, 225)), ("c300x400_crop", (300, 400)), ("small", (96, 72))] {
        assert_eq!((&set[name]["width"], &set[name]["height"]), (&json!(size.0), &json!(size.1)), "{name}");
        assert_eq!(shown(alice.get(&url(&set[name])).await).dimensions(), size, "{name}");
    }
    // The middle is what stays: both colours are there.
    let cropped = shown(alice.get(&url(&set["c300x400_crop"])).await);
    assert!(cropped.get_pixel(10, 200).0[0] > 200 && cropped.get_pixel(290, 200).0[2] > 200);
    let sizes = format!("{}/thumbnails", at("boat.png"));
    for query in ["c0x1", "c1601x1", "huge", "c3"] {
        alice.get(&format!("{sizes}?$select={query}")).await.error(400, "invalidRequest");
    }
    for option in ["$filter=id%20eq%20'0'", "$orderby=id", "$search=a"] {
        alice.get(&format!("{sizes}?{option}")).await.error(400, "invalidRequest");
    }
    let url_only = alice.get(&format!("{sizes}/0/small?$select=url")).await.expect(200).json();
    assert!(url_only.get("width").is_none() && url_only["url"].is_string(), "{url_only}");
    alice.get(&format!("{sizes}/0/c9999x1")).await.error(400, "invalidRequest");
    for none in ["0/huge", "0/huge/content", "1", "1/small", "1/small/content", "0/source"] {
        alice.get(&format!("{sizes}/{none}")).await.error(404, "itemNotFound");
    }
}

#[tokio::test]
async fn pictures_are_turned_as_the_camera_was_held_and_never_made_larger() {
    let server = TestServer::start().await;
    let alice = server.alice();
    // Held on its side: what is stored across stands upright, and its left is above.
    put(&alice, "portrait.jpg", turned(400, 200, 6)).await;
    let upright = set(&alice, &at("portrait.jpg"), "").await;
    assert_eq!((&upright["small"]["width"], &upright["small"]["height"]), (&json!(48), &json!(96)));
    let small = shown(alice.get(&url(&upright["small"])).await);
    assert_eq!(small.dimensions(), (48, 96));
    assert!(small.get_pixel(24, 8).0[0] > 200 && small.get_pixel(24, 88).0[2] > 200);
    assert_eq!(shown(alice.get(&url(&upright["large"])).await).dimensions(), (200, 400));

    put(&alice, "dot.png", png(2, 2)).await;
    let dot = set(&alice, &at("dot.png"), "?$select=large,c100x100_crop").await;
    assert_eq!(shown(alice.get(&url(&dot["large"])).await).dimensions(), (2, 2));
    assert_eq!(shown(alice.get(&url(&dot["c100x100_crop"])).await).dimensions(), (2, 2));
}

#[tokio::test]
async fn png_jpeg_gif_webp_and_bmp_have_thumbnails_and_transparency_stays() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let formats = [
        ("a.png", ImageFormat::Png),
        ("a.jpg", ImageFormat::Jpeg),
        ("a.gif", ImageFormat::Gif),
        ("a.webp", ImageFormat::WebP),
        ("a.bmp", ImageFormat::Bmp),
    ];
    for (name, format) in formats {
        put(&alice, name, encoded(picture(300, 150), format)).await;
        let set = set(&alice, &at(name), "").await;
        assert_eq!(set["small"]["width"], 96, "{name}");
        assert_eq!(shown(alice.get(&url(&set["small"])).await).dimensions(), (96, 48), "{name}");
    }
    put(&alice, "glass.png", encoded(see_through(300, 300), ImageFormat::Png)).await;
    let glass = set(&alice, &at("glass.png"), "").await;
    let answer = alice.get(&url(&glass["small"])).await;
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(shown(answer).get_pixel(5, 5).0, [0, 200, 0, 128]);
}

#[tokio::test]
async fn what_is_no_picture_has_no_thumbnails() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "lie.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()).await;
    put(&alice, "drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()).await;
    put(&alice, "empty.png", Vec::new()).await;
    for address in ["Welcome.txt", "Reports", "lie.png", "drawing.svg", "empty.png"].map(at) {
        let listed = alice.get(&format!("{address}/thumbnails")).await.expect(200).json();
        assert_eq!(listed["value"], json!([]), "{address}");
        for rest in ["0", "0/small", "0/small/content"] {
            alice.get(&format!("{address}/thumbnails/{rest}")).await.error(404, "itemNotFound");
        }
    }
    alice.get(&format!("{}/thumbnails", at("nothing"))).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn thumbnails_come_along_with_an_item_and_with_listings() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "Boats/a.png", png(400, 200)).await;
    put(&alice, "Boats/b.png", png(200, 400)).await;
    put(&alice, "Boats/log.txt", b"text".to_vec()).await;
    let item = alice.get(&format!("{}?$expand=thumbnails", at("Boats/a.png"))).await.expect(200).json();
    shown(server.anonymous().get(&url(&item["thumbnails"][0]["large"])).await);

    let children = format!("{}/children", at("Boats"));
    let all = alice.get(&format!("{children}?$expand=thumbnails($select=small)")).await.expect(200).json();
    let first = &all["value"][0]["thumbnails"][0];
    assert!(first["small"]["width"] == 96 && first.get("large").is_none(), "{all}");
    assert_eq!(all["value"][1]["thumbnails"][0]["small"]["height"], 96, "{all}");
    assert_eq!(all["value"][2]["thumbnails"], json!([]), "{all}");

    // The next page goes on with them.
    let page = alice.get(&format!("{children}?$expand=thumbnails($select=small)&$top=1")).await.expect(200).json();
    let next = alice.get(page["@odata.nextLink"].as_str().unwrap()).await.expect(200).json();
    assert!(next["value"][0]["thumbnails"][0]["small"]["url"].is_string(), "{next}");
    let both = alice.get(&format!("{}?$expand=children,thumbnails", at("Boats"))).await.expect(200).json();
    assert!(both["children"].as_array().unwrap().len() == 3 && both["thumbnails"] == json!([]), "{both}");

    for bad in ["thumbnails($select=huge)", "thumbnails($top=1)", "thumbnails($expand=x)"] {
        alice.get(&format!("{children}?$expand={bad}")).await.error(400, "invalidRequest");
    }
}

#[tokio::test]
async fn a_thumbnail_is_tagged_and_follows_its_file_until_its_url_ends() {
    let server = TestServer::start().await;
    let alice = server.alice();
    put(&alice, "boat.png", png(400, 200)).await;
    let small = url(&set(&alice, &at("boat.png"), "").await["small"]);
    let first = alice.get(&small).await.expect(200);
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with("small\""), "{tag}");
    assert!(alice.with("if-none-match", &tag).get(&small).await.expect(304).body.is_empty());
    assert!(alice.head(&small).await.expect(200).body.is_empty());
    put(&alice, "boat.png", png(200, 400)).await;
    assert_eq!(shown(alice.with("if-none-match", &tag).get(&small).await).dimensions(), (48, 96));
    server.advance(SignedDuration::from_secs(3601));
    alice.get(&small).await.error(404, "itemNotFound");
}
