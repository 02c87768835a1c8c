//! Pictures that were made to cost the server more than they look like (P36).

use image::ImageFormat;
use serde_json::json;

use super::{encoded, picture, png, put, set, shown, url};
use crate::steps::at;
use crate::support::TestServer;

/// P36: a few bytes that claim to be a picture of gigabytes are none.
#[tokio::test]
async fn p36_a_picture_that_would_take_gigabytes_has_no_thumbnail() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let mut gif = encoded(picture(4, 4), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    let mut bmp = encoded(picture(4, 4), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&40_000_u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&40_000_u32.to_le_bytes());
    for (name, bytes) in [("bomb.gif", gif), ("bomb.bmp", bmp)] {
        put(&alice, name, bytes).await;
        let listed = alice.get(&format!("{}/thumbnails", at(name))).await.expect(200).json();
        assert_eq!(listed["value"], json!([]), "{name}");
        alice.get(&format!("{}/thumbnails/0/small/content", at(name))).await.error(404, "itemNotFound");
    }
}

/// P36: each scan of a JPEG goes over all of it, and can be a few bytes.
#[tokio::test]
async fn p36_a_jpeg_of_endless_scans_is_not_decoded() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let mut jpeg = encoded(picture(400, 200), ImageFormat::Jpeg);
    jpeg.truncate(jpeg.len() - 2);
    jpeg.extend(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\0".repeat(5000));
    put(&alice, "bomb.jpg", jpeg).await;
    let small = url(&set(&alice, &at("bomb.jpg"), "").await["small"]);
    alice.get(&small).await.error(404, "itemNotFound");
    alice.get(&small).await.error(404, "itemNotFound");
}

#[tokio::test]
async fn p36_a_picture_that_breaks_off_or_lies_has_no_thumbnail_and_harms_nobody() {
    let server = TestServer::start().await;
    let alice = server.alice();
    let whole = png(400, 200);
    put(&alice, "half.png", whole[..whole.len() / 2].to_vec()).await;
    let half = set(&alice, &at("half.png"), "").await;
    server.anonymous().get(&url(&half["small"])).await.error(404, "itemNotFound");
    for (at_byte, name) in [(30, "a.png"), (40, "b.png"), (60, "c.png")] {
        let mut odd = whole.clone();
        odd[at_byte] ^= 0x55;
        put(&alice, name, odd).await;
        let answer = alice.get(&format!("{}/thumbnails/0/small/content", at(name))).await;
        assert!(matches!(answer.status.as_u16(), 302 | 404), "{}", answer.text());
        if answer.status == 302 {
            let answer = alice.get(answer.header("location")).await;
            assert!(matches!(answer.status.as_u16(), 200 | 404), "{}", answer.text());
        }
    }
    put(&alice, "good.png", whole).await;
    shown(alice.get(&url(&set(&alice, &at("good.png"), "").await["small"])).await);
}

#[tokio::test]
async fn p36_thumbnails_are_made_of_files_up_to_a_size() {
    let small = png(40, 40);
    let limit = u64::try_from(small.len()).unwrap();
    let server = TestServer::start_with(|config| config.limits.thumbnail_source_bytes = limit).await;
    let alice = server.alice();
    put(&alice, "small.png", small).await;
    put(&alice, "large.bmp", encoded(picture(40, 40), ImageFormat::Bmp)).await;
    shown(alice.get(&url(&set(&alice, &at("small.png"), "").await["small"])).await);
    let listed = alice.get(&format!("{}/thumbnails", at("large.bmp"))).await.expect(200).json();
    assert_eq!(listed["value"], json!([]));
}
