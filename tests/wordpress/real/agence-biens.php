<?php
/**
 * Plugin Name: Agence Biens
 * Description: The estates of an agency as a post type, as agencies' themes bring it along.
 * Version: 1.0.0
 */

defined( 'ABSPATH' ) || exit;

const AGENCE_BIENS_FIELDS = array( 'reference', 'prix', 'statut' );

add_action( 'init', function () {
	register_post_type( 'bien', array(
		'label'       => 'Biens',
		'public'      => true,
		'has_archive' => true,
		'show_in_rest' => true,
		'supports'    => array( 'title', 'editor', 'custom-fields' ),
		'rewrite'     => array( 'slug' => 'bien' ),
	) );
	add_shortcode( 'agence_biens', 'agence_biens_list' );
} );

add_filter( 'the_content', function ( $content ) {
	if ( ! is_singular( 'bien' ) ) {
		return $content;
	}
	return agence_biens_card( get_post() ) . $content;
} );

function agence_biens_card( $post ) {
	list( $reference, $prix, $statut ) = array_map(
		fn( $field ) => esc_html( get_post_meta( $post->ID, $field, true ) ),
		AGENCE_BIENS_FIELDS
	);
	return "<p class=\"reference\">Réf. $reference</p><p class=\"prix\">$prix</p><p class=\"statut\">$statut</p>";
}

function agence_biens_list() {
	$cards = array_map(
		fn( $post ) => '<li><a href="' . esc_url( get_permalink( $post ) ) . '">'
			. esc_html( get_the_title( $post ) ) . '</a>' . agence_biens_card( $post ) . '</li>',
		get_posts( array( 'post_type' => 'bien', 'numberposts' => 50 ) )
	);
	return '<ul class="agence-biens">' . implode( '', $cards ) . '</ul>';
}
