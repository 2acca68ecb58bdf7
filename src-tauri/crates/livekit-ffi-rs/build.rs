//! Compiles the wheel's descriptors to Rust, cut down to what the crate wraps.
//!
//! The library speaks 449 messages; an unknown field is skipped by the decoder, so what is cut here costs
//! neither build time nor a branch at run time. Everything that brings a *handle* must stay, wrapped or
//! not: an event that is not decoded cannot give its handle back.

use std::collections::HashSet;
use std::error::Error;
use std::fs;

use prost::Message as _;
use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FileDescriptorSet};

const DESCRIPTORS: &str = "descriptors/livekit.fds";

/// The calls that the crate makes: kept in `FfiRequest` and in `FfiResponse`.
const CALLS: &[&str] = &[
    "connect",
    "disconnect",
    "ready_for_room_event",
    "publish_track",
    "unpublish_track",
    "local_track_mute",
    "set_subscribed",
    "update_remote_track_publication_dimension",
    "get_stats",
    "create_video_track",
    "create_audio_track",
    "new_video_source",
    "capture_video_frame",
    "new_video_stream",
    "new_audio_source",
    "capture_audio_frame",
    "new_audio_stream",
    "set_track_subscription_permissions",
    "publish_data",
    "send_text",
    "text_read_incremental",
    "perform_rpc",
    "register_rpc_method",
    "unregister_rpc_method",
    "rpc_method_invocation_response",
];

const EVENTS: &[&str] = &[
    "room_event",
    "video_stream_event",
    "audio_stream_event",
    "connect",
    "disconnect",
    "publish_track",
    "unpublish_track",
    "capture_audio_frame",
    "get_stats",
    "publish_data",
    "send_text",
    "text_stream_reader_event",
    "perform_rpc",
    "rpc_method_invocation",
    "logs",
    "panic",
];

/// The last two are kept for the handle that they bring.
const ROOM_EVENTS: &[&str] = &[
    "participant_connected",
    "participant_disconnected",
    "participant_name_changed",
    "participant_metadata_changed",
    "participant_attributes_changed",
    "participant_permission_changed",
    "local_track_published",
    "local_track_unpublished",
    "local_track_republished",
    "local_track_subscribed",
    "track_published",
    "track_unpublished",
    "track_subscribed",
    "track_unsubscribed",
    "track_subscription_failed",
    "track_muted",
    "track_unmuted",
    "active_speakers_changed",
    "connection_quality_changed",
    "connection_state_changed",
    "disconnected",
    "reconnecting",
    "reconnected",
    "token_refreshed",
    "eos",
    "data_packet_received",
    "text_stream_opened",
    "byte_stream_opened",
    "data_track_published",
];

const STATS: &[&str] = &["inbound_rtp", "outbound_rtp", "remote_inbound_rtp"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={DESCRIPTORS}");
    println!("cargo::rerun-if-changed=build.rs");
    let mut set = FileDescriptorSet::decode(&*fs::read(DESCRIPTORS)?)?;
    for (message, fields) in [
        ("FfiRequest", CALLS),
        ("FfiResponse", CALLS),
        ("FfiEvent", EVENTS),
        ("RoomEvent", ROOM_EVENTS),
        ("RtcStats", STATS),
    ] {
        keep_fields(&mut set, message, fields)?;
    }
    keep_reachable(&mut set, &["FfiRequest", "FfiResponse", "FfiEvent"]);
    prost_build::Config::new().compile_fds(set)?;
    Ok(())
}

/// Cuts the one-of fields of `message` down to `fields`; a name that the descriptors do not have is an error.
fn keep_fields(set: &mut FileDescriptorSet, message: &str, fields: &[&str]) -> Result<(), String> {
    let mut all = set.file.iter_mut().flat_map(|file| &mut file.message_type);
    let found = all.find(|m| m.name() == message).ok_or_else(|| format!("no message {message}"))?;
    if let Some(missing) = fields.iter().find(|name| !found.field.iter().any(|f| f.name() == **name)) {
        return Err(format!("{message} has no field {missing}"));
    }
    found.field.retain(|field| field.oneof_index.is_none() || fields.contains(&field.name()));
    let used: Vec<String> = found.field.iter().map(|f| f.type_name().to_owned()).collect();
    let prefix = format!(".{message}.");
    found.nested_type.retain(|n| used.iter().any(|u| u.ends_with(&format!("{prefix}{}", n.name()))));
    Ok(())
}

/// Cuts every message and enum that no field of `roots`, direct or not, names.
fn keep_reachable(set: &mut FileDescriptorSet, roots: &[&str]) {
    let mut reached: HashSet<String> = HashSet::new();
    let mut open: Vec<String> = roots.iter().map(|root| (*root).to_owned()).collect();
    while let Some(name) = open.pop() {
        if !reached.insert(name.clone()) {
            continue;
        }
        let mut all = set.file.iter().flat_map(|file| &file.message_type);
        if let Some(message) = all.find(|m| m.name() == name) {
            named_by(message, &mut open);
        }
    }
    for file in &mut set.file {
        file.message_type.retain(|m| reached.contains(m.name()));
        file.enum_type.retain(|e| reached.contains(e.name()));
    }
}

/// Adds the outermost type of each type that `message` names.
fn named_by(message: &DescriptorProto, out: &mut Vec<String>) {
    for field in &message.field {
        if matches!(field.r#type(), Type::Message | Type::Enum) {
            let inside = field.type_name().trim_start_matches(".livekit.proto.");
            out.push(inside.split('.').next().unwrap_or(inside).to_owned());
        }
    }
    for nested in &message.nested_type {
        named_by(nested, out);
    }
}
